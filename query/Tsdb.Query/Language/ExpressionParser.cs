using System.Globalization;

namespace Tsdb.Query.Language;

/// <summary>Expressions, by precedence climbing; the levels are PostgreSQL's.</summary>
internal sealed class ExpressionParser(TokenReader reader)
{
    // Deeper nesting than any person writes; keeps the stack of this parser and of the binder bounded.
    private const int DepthMax = 200;

    // Operators of one statement: a OR b OR c … makes each a level of the tree that binder and evaluator
    // walk.
    private const int OperatorCountMax = 2000;

    private const int ComparisonPower = 5;
    private const int MembershipPower = 6;
    private const int UnaryPower = 11;

    private int _depth;
    private int _operatorCount;

    public Expression Parse() => ParseAbove(0);

    public List<Expression> ParseList()
    {
        List<Expression> items = [Parse()];
        while (reader.TrySymbol(","))
        {
            items.Add(Parse());
        }

        return items;
    }

    // Everything that binds tighter than the given power.
    private Expression ParseAbove(int power)
    {
        if (++_depth > DepthMax)
        {
            throw reader.Source.Error(
                reader.Current.Position, $"the expression is nested deeper than {DepthMax}");
        }

        Expression left = ParsePrefix();
        while (true)
        {
            Token token = reader.Current;
            int tokenPower = PowerOf(token);
            if (tokenPower <= power)
            {
                break;
            }

            if (++_operatorCount > OperatorCountMax)
            {
                throw reader.Source.Error(
                    token.Position,
                    $"more than {OperatorCountMax} operators",
                    "IN (…) takes any number of values");
            }

            left = ParseInfix(left, token, tokenPower);
        }

        _depth--;
        return left;
    }

    private int PowerOf(Token token)
    {
        if (token.Kind == TokenKind.Symbol)
        {
            return token.Text switch
            {
                "=" or "<>" or "<" or ">" or "<=" or ">=" => ComparisonPower,
                "~" or "~*" or "!~" or "!~*" or "||" => 7,
                "+" or "-" => 8,
                "*" or "/" or "%" => 9,
                "^" => 10,
                "::" => 13,
                _ => 0,
            };
        }

        if (token.Kind != TokenKind.Word)
        {
            return 0;
        }

        if (token.IsWord("NOT"))
        {
            Token next = reader.Peek();
            bool negatesMembership = next.IsWord("IN") || next.IsWord("BETWEEN") || IsLike(next);
            return negatesMembership ? MembershipPower : 0;
        }

        return token.IsWord("OR") ? 1
            : token.IsWord("AND") ? 2
            : token.IsWord("IS") ? 4
            : token.IsWord("IN") || token.IsWord("BETWEEN") || IsLike(token) ? MembershipPower
            : 0;
    }

    private static bool IsLike(Token token) => token.IsWord("LIKE") || token.IsWord("ILIKE");

    private Expression ParseInfix(Expression left, Token token, int power)
    {
        if (token.IsWord("IS"))
        {
            return ParseIs(left);
        }

        if (power == MembershipPower)
        {
            return ParseMembership(left);
        }

        reader.Take();
        if (token.IsSymbol("::"))
        {
            return new CastExpression(token.Position, left, ParseTypeName());
        }

        Expression right = ParseAbove(power);
        string symbol = token.Kind == TokenKind.Word ? token.Text.ToUpperInvariant() : token.Text;
        return new BinaryExpression(token.Position, symbol, left, right);
    }

    private Expression ParseIs(Expression operand)
    {
        int position = reader.Take().Position;
        bool isNegated = reader.TryWord("NOT");
        if (reader.TryWord("NULL"))
        {
            return new IsNullExpression(position, operand, isNegated);
        }

        bool isTrue = reader.TryWord("TRUE");
        if (!isTrue && !reader.TryWord("FALSE"))
        {
            throw reader.Unexpected("NULL, TRUE or FALSE");
        }

        // x IS TRUE never gives NULL: it is coalesce(x = TRUE, FALSE).
        BinaryExpression equal = new(position, "=", operand, new BoolExpression(position, isTrue));
        Expression test = new CallExpression(
            position, "coalesce", [equal, new BoolExpression(position, false)], false, false);
        return isNegated ? new UnaryExpression(position, "NOT", test) : test;
    }

    private Expression ParseMembership(Expression operand)
    {
        int position = reader.Current.Position;
        bool isNegated = reader.TryWord("NOT");
        if (reader.TryWord("IN"))
        {
            reader.ExpectSymbol("(");
            if (reader.Current.IsWord("SELECT"))
            {
                throw reader.Source.Error(reader.Current.Position, "sub-queries are not supported yet");
            }

            List<Expression> items = ParseList();
            reader.ExpectSymbol(")");
            return new InExpression(position, operand, items, isNegated);
        }

        if (reader.TryWord("BETWEEN"))
        {
            Expression low = ParseAbove(MembershipPower);
            reader.ExpectWord("AND");
            Expression high = ParseAbove(MembershipPower);
            return new BetweenExpression(position, operand, low, high, isNegated);
        }

        string symbol = reader.Take().Text.ToUpperInvariant();
        Expression like = new BinaryExpression(position, symbol, operand, ParseAbove(MembershipPower));
        return isNegated ? new UnaryExpression(position, "NOT", like) : like;
    }

    private Expression ParsePrefix()
    {
        Token token = reader.Current;
        if (token.IsSymbol("-"))
        {
            reader.Take();
            return ParseNegative(token.Position);
        }

        if (token.IsSymbol("+"))
        {
            reader.Take();
            return ParseAbove(UnaryPower);
        }

        if (token.IsWord("NOT"))
        {
            reader.Take();
            return new UnaryExpression(token.Position, "NOT", ParseAbove(3));
        }

        if (token.IsSymbol("("))
        {
            reader.Take();
            if (reader.Current.IsWord("SELECT"))
            {
                throw reader.Source.Error(reader.Current.Position, "sub-queries are not supported yet");
            }

            Expression inner = Parse();
            reader.ExpectSymbol(")");
            return inner;
        }

        return token.Kind == TokenKind.Word ? ParseWord(token) : ParseLiteral(token);
    }

    // -9223372036854775808 is an integer although its digits alone are none.
    private Expression ParseNegative(int position)
    {
        Token token = reader.Current;
        if (token.Kind == TokenKind.Integer
            && long.TryParse($"-{token.Text}", CultureInfo.InvariantCulture, out long value)
            && !reader.Peek().IsSymbol("::"))
        {
            reader.Take();
            return new IntegerExpression(position, value);
        }

        return new UnaryExpression(position, "-", ParseAbove(UnaryPower));
    }

    private Expression ParseLiteral(Token token)
    {
        int position = token.Position;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                reader.Take();
                return long.TryParse(token.Text, CultureInfo.InvariantCulture, out long integer)
                    ? new IntegerExpression(position, integer)
                    : new NumberExpression(position, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Number:
                reader.Take();
                return new NumberExpression(position, double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Text:
                reader.Take();
                return new TextExpression(position, token.Text);
            case TokenKind.Duration:
                reader.Take();
                return DurationLiteral.TryParse(token.Text, out DurationLiteral duration)
                    ? new DurationExpression(position, duration)
                    : throw reader.Unexpected("a duration");
            case TokenKind.Parameter:
                reader.Take();
                return new ParameterExpression(position, token.Text);
            case TokenKind.QuotedName:
                return ParseColumn();
            default:
                throw reader.Unexpected("an expression");
        }
    }

    private Expression ParseWord(Token token)
    {
        int position = token.Position;
        if (reader.TryWord("NULL"))
        {
            return new NullExpression(position);
        }

        if (token.IsWord("TRUE") || token.IsWord("FALSE"))
        {
            reader.Take();
            return new BoolExpression(position, token.IsWord("TRUE"));
        }

        if (token.IsWord("CASE"))
        {
            return ParseCase();
        }

        if (token.IsWord("CAST"))
        {
            return ParseCast();
        }

        TypedLiteralParser typed = new(reader);
        if (typed.TryParse(out Expression? literal))
        {
            return literal;
        }

        if (ReservedWords.Contains(token.Text) && !IsCallable(token))
        {
            throw reader.Unexpected("an expression", $"\"{token.Text}\" in double quotes is a name");
        }

        return reader.Peek().IsSymbol("(") ? ParseCall() : ParseColumn();
    }

    // left() and right() are functions elsewhere; as names they are reserved here, as calls they get a clear
    // error.
    private bool IsCallable(Token token) =>
        reader.Peek().IsSymbol("(") && (token.IsWord("LEFT") || token.IsWord("RIGHT"));

    private ColumnExpression ParseColumn()
    {
        Token first = reader.Take();
        if (!reader.TrySymbol("."))
        {
            return new ColumnExpression(first.Position, null, first.Text);
        }

        Token second = reader.Current;
        if (second.Kind is not (TokenKind.Word or TokenKind.QuotedName))
        {
            throw reader.Unexpected("a column name");
        }

        reader.Take();
        return new ColumnExpression(first.Position, first.Text, second.Text);
    }

    private CallExpression ParseCall()
    {
        Token name = reader.Take();
        reader.ExpectSymbol("(");
        bool isStar = reader.TrySymbol("*");
        bool isDistinct = !isStar && reader.TryWord("DISTINCT");
        List<Expression> arguments = isStar || reader.Current.IsSymbol(")") ? [] : ParseList();
        reader.ExpectSymbol(")");
        if (reader.Current.IsWord("OVER"))
        {
            throw reader.Source.Error(reader.Current.Position, "window functions are not supported yet");
        }

        return new CallExpression(
            name.Position, name.Text.ToLowerInvariant(), arguments, isStar, isDistinct);
    }

    private CaseExpression ParseCase()
    {
        int position = reader.Take().Position;
        Expression? operand = reader.Current.IsWord("WHEN") ? null : Parse();
        List<CaseBranch> branches = [];
        while (reader.TryWord("WHEN"))
        {
            Expression condition = Parse();
            reader.ExpectWord("THEN");
            branches.Add(new CaseBranch(condition, Parse()));
        }

        if (branches.Count == 0)
        {
            throw reader.Unexpected("WHEN");
        }

        Expression? otherwise = reader.TryWord("ELSE") ? Parse() : null;
        reader.ExpectWord("END");
        return new CaseExpression(position, operand, branches, otherwise);
    }

    private CastExpression ParseCast()
    {
        int position = reader.Take().Position;
        reader.ExpectSymbol("(");
        Expression operand = Parse();
        reader.ExpectWord("AS");
        string typeName = ParseTypeName();
        reader.ExpectSymbol(")");
        return new CastExpression(position, operand, typeName);
    }

    private string ParseTypeName()
    {
        Token token = reader.Current;
        if (token.Kind != TokenKind.Word)
        {
            throw reader.Unexpected("a type name");
        }

        reader.Take();
        string name = token.Text.ToLowerInvariant();
        if (name == "double")
        {
            reader.TryWord("PRECISION");
        }

        return name;
    }
}
