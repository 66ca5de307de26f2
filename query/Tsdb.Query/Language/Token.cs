namespace Tsdb.Query.Language;

/// <summary>One word of a statement.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its content, without quotes; a symbol's own characters.</param>
/// <param name="Position">Where it starts, chars from 0.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    /// <summary>Whether it is this keyword (upper case), unquoted, in any case.</summary>
    public bool IsWord(string keyword) =>
        Kind == TokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>The token as an error message shows it.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the statement",
        TokenKind.Text => $"'{Text}'",
        TokenKind.QuotedName => $"\"{Text}\"",
        TokenKind.Parameter => $"${Text}",
        _ => $"'{Text}'",
    };
}
