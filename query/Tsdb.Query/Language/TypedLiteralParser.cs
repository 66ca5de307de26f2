using System.Diagnostics.CodeAnalysis;

namespace Tsdb.Query.Language;

/// <summary>Literals that begin with a type's name: TIMESTAMP '…', DATE '…', INTERVAL '…', INTERVAL 5
/// MINUTE.</summary>
internal readonly struct TypedLiteralParser(TokenReader reader)
{
    /// <summary>Takes such a literal if one begins here.</summary>
    public bool TryParse([NotNullWhen(true)] out Expression? literal)
    {
        literal = null;
        Token name = reader.Current;
        Token next = reader.Peek();
        if (name.IsWord("INTERVAL") && next.Kind is TokenKind.Text or TokenKind.Integer or TokenKind.Number)
        {
            reader.Take();
            literal = ParseInterval(name.Position);
        }
        else if (next.Kind == TokenKind.Text && IsTimestampName(name))
        {
            reader.Take();
            reader.Take();
            literal = ParseTimestamp(next);
        }

        return literal is not null;
    }

    private static bool IsTimestampName(Token name) =>
        name.IsWord("TIMESTAMP") || name.IsWord("TIMESTAMPTZ") || name.IsWord("DATE");

    private TimestampExpression ParseTimestamp(Token text)
    {
        if (!TimestampLiteral.TryParse(text.Text, out long timestampNs))
        {
            throw reader.Source.Error(
                text.Position, $"'{text.Text}' is not a timestamp", "write it as '2016-01-01T00:30:00Z'");
        }

        return new TimestampExpression(text.Position, timestampNs);
    }

    private DurationExpression ParseInterval(int position)
    {
        Token amount = reader.Take();
        string text = amount.Text;
        if (amount.Kind != TokenKind.Text || !HasUnit(text))
        {
            Token unit = reader.Current;
            if (unit.Kind != TokenKind.Word || !DurationLiteral.TryFindUnit(unit.Text, out _))
            {
                throw reader.Unexpected("a unit of time", "as in INTERVAL '5 minutes' or INTERVAL 5 MINUTE");
            }

            reader.Take();
            text = $"{text} {unit.Text.ToLowerInvariant()}";
        }

        if (!DurationLiteral.TryParse(text, out DurationLiteral duration))
        {
            throw reader.Source.Error(
                amount.Position, $"'{text}' is not an interval", "as in INTERVAL '5 minutes'");
        }

        return new DurationExpression(position, duration);
    }

    private static bool HasUnit(string text)
    {
        foreach (char c in text)
        {
            if (char.IsLetter(c) || c == ':')
            {
                return true;
            }
        }

        return false;
    }
}
