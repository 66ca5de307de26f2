using System.Text;

namespace Tsdb.Query.Language;

/// <summary>Cuts a statement into tokens by PostgreSQL's lexical rules, plus durations such as
/// <c>5m</c>.</summary>
internal sealed class Lexer
{
    private const int StatementCharsMax = 1 << 20;

    // Longest first, so that "<=" is not read as "<".
    private static readonly string[] _symbols =
    [
        "!~*", "::", "<=", ">=", "<>", "!=", "||", "=>", "!~", "~*",
        "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ",", ".", ";", "~", "^", "[", "]",
    ];

    private readonly SqlSource _source;
    private readonly string _text;
    private int _position;

    private Lexer(SqlSource source)
    {
        _source = source;
        _text = source.Text;
    }

    /// <summary>All tokens; the last is <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Read(SqlSource source)
    {
        if (source.Text.Length > StatementCharsMax)
        {
            throw source.Error(0, $"the statement is longer than {StatementCharsMax} characters");
        }

        Lexer lexer = new(source);
        List<Token> tokens = [];
        Token token;
        do
        {
            token = lexer.Next();
            tokens.Add(token);
        }
        while (token.Kind != TokenKind.End);

        return tokens;
    }

    private Token Next()
    {
        SkipSpaceAndComments();
        int start = _position;
        if (start >= _text.Length)
        {
            return new Token(TokenKind.End, "", _text.Length);
        }

        char first = _text[start];
        if (IsWordStart(first))
        {
            return ReadWord();
        }

        if (char.IsAsciiDigit(first) || (first == '.' && IsDigitAt(start + 1)))
        {
            return ReadNumber();
        }

        return first switch
        {
            '\'' => new Token(TokenKind.Text, ReadQuoted('\'', "text"), start),
            '"' => new Token(TokenKind.QuotedName, ReadQuoted('"', "name"), start),
            '$' => ReadParameter(),
            _ => ReadSymbol(),
        };
    }

    private void SkipSpaceAndComments()
    {
        while (_position < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_position]))
            {
                _position++;
            }
            else if (StartsWith("--"))
            {
                int end = _text.IndexOf('\n', _position);
                _position = end < 0 ? _text.Length : end + 1;
            }
            else if (StartsWith("/*"))
            {
                SkipBlockComment();
            }
            else
            {
                return;
            }
        }
    }

    // Block comments nest, as in PostgreSQL.
    private void SkipBlockComment()
    {
        int start = _position;
        int depth = 0;
        do
        {
            if (_position >= _text.Length)
            {
                throw _source.Error(start, "the comment is not closed", "end it with */");
            }

            if (StartsWith("/*"))
            {
                depth++;
                _position += 2;
            }
            else if (StartsWith("*/"))
            {
                depth--;
                _position += 2;
            }
            else
            {
                _position++;
            }
        }
        while (depth > 0);
    }

    private Token ReadWord()
    {
        int start = _position;
        while (_position < _text.Length && IsWordPart(_text[_position]))
        {
            _position++;
        }

        return new Token(TokenKind.Word, _text[start.._position], start);
    }

    private Token ReadNumber()
    {
        int start = _position;
        SkipDigits();
        bool isInteger = true;
        if (_position < _text.Length && _text[_position] == '.')
        {
            isInteger = false;
            _position++;
            SkipDigits();
        }

        if (IsExponent())
        {
            isInteger = false;
            _position += 2;
            SkipDigits();
        }

        if (_position < _text.Length && IsWordStart(_text[_position]))
        {
            return ReadDuration(start);
        }

        string text = _text[start.._position];
        return new Token(isInteger ? TokenKind.Integer : TokenKind.Number, text, start);
    }

    private bool IsExponent()
    {
        if (_position >= _text.Length || _text[_position] is not ('e' or 'E'))
        {
            return false;
        }

        int next = _position + 1;
        return IsDigitAt(next) || (next < _text.Length && _text[next] is '+' or '-' && IsDigitAt(next + 1));
    }

    private Token ReadDuration(int start)
    {
        while (_position < _text.Length && (IsWordPart(_text[_position]) || _text[_position] == '.'))
        {
            _position++;
        }

        string text = _text[start.._position];
        if (!DurationLiteral.TryParse(text, out _))
        {
            throw _source.Error(
                start,
                $"'{text}' is neither a number nor a duration",
                "durations are written as 500ms, 5m, 1h or 1d");
        }

        return new Token(TokenKind.Duration, text, start);
    }

    private string ReadQuoted(char quote, string what)
    {
        int start = _position++;
        StringBuilder content = new();
        while (_position < _text.Length)
        {
            char c = _text[_position++];
            if (c != quote)
            {
                content.Append(c);
            }
            else if (_position < _text.Length && _text[_position] == quote)
            {
                content.Append(quote);
                _position++;
            }
            else
            {
                return content.ToString();
            }
        }

        throw _source.Error(start, $"the quoted {what} is not closed");
    }

    private Token ReadParameter()
    {
        int start = _position++;
        while (_position < _text.Length && IsWordPart(_text[_position]))
        {
            _position++;
        }

        if (_position == start + 1)
        {
            throw _source.Error(
                start, "a parameter's name is missing", "parameters are written as $name or $1");
        }

        return new Token(TokenKind.Parameter, _text[(start + 1).._position], start);
    }

    private Token ReadSymbol()
    {
        foreach (string symbol in _symbols)
        {
            if (StartsWith(symbol))
            {
                int start = _position;
                _position += symbol.Length;
                return new Token(TokenKind.Symbol, symbol == "!=" ? "<>" : symbol, start);
            }
        }

        throw _source.Error(_position, $"unexpected character '{_text[_position]}'");
    }

    private void SkipDigits()
    {
        while (_position < _text.Length && char.IsAsciiDigit(_text[_position]))
        {
            _position++;
        }
    }

    private bool StartsWith(string symbol) =>
        string.CompareOrdinal(_text, _position, symbol, 0, symbol.Length) == 0;

    private bool IsDigitAt(int position) => position < _text.Length && char.IsAsciiDigit(_text[position]);

    private static bool IsWordStart(char c) => char.IsLetter(c) || c == '_';

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';
}
