namespace Tsdb.Tidy.Sources;

/// <summary>
/// C# text in two layers of equal shape: <see cref="Code"/> has blanks where comments and the insides of
/// literals
/// are, <see cref="Comments"/> has blanks where anything else is. So a rule about calls never trips over a
/// string.
/// </summary>
internal sealed class CodeText
{
    private CodeText(char[] code, char[] comments)
    {
        Code = SourceFile.SplitLines(new string(code));
        Comments = SourceFile.SplitLines(new string(comments));
    }

    public string[] Code { get; }

    public string[] Comments { get; }

    public static CodeText Read(string text)
    {
        char[] code = text.ToCharArray();
        char[] comments = new char[text.Length];
        for (int i = 0; i < text.Length; i++)
        {
            comments[i] = text[i] == '\n' ? '\n' : ' ';
        }

        int at = 0;
        while (at < text.Length)
        {
            int end = FindLiteralEnd(text, at, out bool isComment);
            if (end == at)
            {
                at++;
                continue;
            }

            for (; at < end; at++)
            {
                if (text[at] == '\n')
                {
                    continue;
                }

                code[at] = ' ';
                comments[at] = isComment ? text[at] : ' ';
            }
        }

        return new CodeText(code, comments);
    }

    /// <summary>Where the comment or literal that starts at <paramref name="at"/> ends; at itself if none
    /// does.</summary>
    private static int FindLiteralEnd(string text, int at, out bool isComment)
    {
        char next = at + 1 < text.Length ? text[at + 1] : '\0';
        isComment = text[at] == '/' && next is '/' or '*';
        switch (text[at])
        {
            case '/' when next == '/':
                return FindEnd(text, "\n", at);
            case '/' when next == '*':
                return FindEnd(text, "*/", at + 2) + 2;
            case '\'':
                return FindQuoteEnd(text, at, '\'');
            case '"':
                return FindStringEnd(text, at);
            default:
                return at;
        }
    }

    private static int FindStringEnd(string text, int at)
    {
        int quotes = 1;
        while (at + quotes < text.Length && text[at + quotes] == '"')
        {
            quotes++;
        }

        if (quotes >= 3)
        {
            return FindEnd(text, new string('"', quotes), at + quotes) + quotes;
        }

        bool isVerbatim =
            at > 0 && (text[at - 1] == '@' || (at > 1 && text[at - 1] == '$' && text[at - 2] == '@'));
        if (!isVerbatim)
        {
            return FindQuoteEnd(text, at, '"');
        }

        int end = at + 1;
        while (end < text.Length)
        {
            if (text[end] != '"')
            {
                end++;
            }
            else if (end + 1 < text.Length && text[end + 1] == '"')
            {
                end += 2;
            }
            else
            {
                return end + 1;
            }
        }

        return end;
    }

    private static int FindQuoteEnd(string text, int at, char quote)
    {
        for (int end = at + 1; end < text.Length; end++)
        {
            if (text[end] == '\\')
            {
                end++;
            }
            else if (text[end] == quote)
            {
                return end + 1;
            }
            else if (text[end] == '\n')
            {
                return end; // an interpolation's inner quote led us astray; the line end sets us right
            }
        }

        return text.Length;
    }

    private static int FindEnd(string text, string mark, int from)
    {
        int end = text.IndexOf(mark, Math.Min(from, text.Length), StringComparison.Ordinal);
        return end < 0 ? text.Length - (mark == "\n" ? 0 : mark.Length) : end;
    }
}
