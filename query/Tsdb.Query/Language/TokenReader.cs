namespace Tsdb.Query.Language;

/// <summary>The parser's place in the tokens of a statement.</summary>
internal sealed class TokenReader(SqlSource source)
{
    private readonly List<Token> _tokens = Lexer.Read(source);
    private int _index;

    public SqlSource Source { get; } = source;

    public Token Current => _tokens[_index];

    public Token Peek(int count = 1) => _tokens[Math.Min(_index + count, _tokens.Count - 1)];

    /// <summary>The present token, and goes on to the next.</summary>
    public Token Take()
    {
        Token token = _tokens[_index];
        if (token.Kind != TokenKind.End)
        {
            _index++;
        }

        return token;
    }

    public bool TryWord(string keyword)
    {
        bool found = Current.IsWord(keyword);
        _index += found ? 1 : 0;
        return found;
    }

    /// <summary>Takes both words or neither.</summary>
    public bool TryWords(string first, string second)
    {
        bool found = Current.IsWord(first) && Peek().IsWord(second);
        _index += found ? 2 : 0;
        return found;
    }

    public bool TrySymbol(string symbol)
    {
        bool found = Current.IsSymbol(symbol);
        _index += found ? 1 : 0;
        return found;
    }

    public void ExpectWord(string keyword)
    {
        if (!TryWord(keyword))
        {
            throw Unexpected(keyword);
        }
    }

    public void ExpectSymbol(string symbol)
    {
        if (!TrySymbol(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    /// <summary>A name: a quoted one, or a word that is not reserved.</summary>
    public Token ExpectName(string what)
    {
        Token token = Current;
        bool isName = token.Kind == TokenKind.QuotedName
            || (token.Kind == TokenKind.Word && !ReservedWords.Contains(token.Text));
        if (!isName)
        {
            string? hint = token.Kind == TokenKind.Word
                ? $"\"{token.Text}\" in double quotes is a name"
                : null;
            throw Source.Error(token.Position, $"expected {what}, found {token.Describe()}", hint);
        }

        return Take();
    }

    public SqlException Unexpected(string expected, string? hint = null) =>
        Source.Error(Current.Position, $"expected {expected}, found {Current.Describe()}", hint);
}
