namespace Tsdb.Query.Language;

/// <summary>The text of a statement, and errors that point into it.</summary>
internal sealed class SqlSource(string text)
{
    public string Text { get; } = text;

    /// <summary>An error at a position, ready to be thrown.</summary>
    public SqlException Error(int position, string message, string? hint = null)
    {
        int line = 1;
        int lineStart = 0;
        int end = Math.Min(position, Text.Length);
        for (int i = 0; i < end; i++)
        {
            if (Text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        return new SqlException(message, position, line, end - lineStart + 1, hint);
    }
}
