namespace Tsdb.Query.Language;

/// <summary>SAMPLE BY 5m [FILL(…)] [ALIGN TO CALENDAR …]; FILL and ALIGN TO in either order.</summary>
internal readonly struct SampleByParser(TokenReader reader, ExpressionParser expressions)
{
    public SampleByClause? TryParse()
    {
        int position = reader.Current.Position;
        if (!reader.TryWords("SAMPLE", "BY"))
        {
            if (reader.Current.IsWord("FILL"))
            {
                throw reader.Source.Error(
                    position, "FILL needs SAMPLE BY", "as in SAMPLE BY 1m FILL(LINEAR)");
            }

            return null;
        }

        DurationLiteral every = ParseEvery();
        IReadOnlyList<FillItem>? fill = null;
        bool isAligned = false;
        while (true)
        {
            if (fill is null && reader.TryWord("FILL"))
            {
                fill = ParseFill();
            }
            else if (!isAligned && reader.TryWord("ALIGN"))
            {
                isAligned = true;
                ParseAlignment();
            }
            else
            {
                return new SampleByClause(position, every) { Fill = fill ?? [] };
            }
        }
    }

    private DurationLiteral ParseEvery()
    {
        Token token = reader.Current;
        Expression expression = expressions.Parse();
        DurationLiteral every = expression switch
        {
            DurationExpression duration => duration.Value,
            TextExpression text when DurationLiteral.TryParse(text.Value, out DurationLiteral value) => value,
            _ => throw reader.Source.Error(
                token.Position, "SAMPLE BY needs a duration", "as in SAMPLE BY 5m"),
        };
        if (every.Months < 0 || every.Ns < 0 || (every.Months == 0) == (every.Ns == 0))
        {
            throw reader.Source.Error(
                token.Position, "the interval must be positive, and whole months or a fixed time, not both");
        }

        return every;
    }

    private List<FillItem> ParseFill()
    {
        reader.ExpectSymbol("(");
        List<FillItem> items = [];
        do
        {
            items.Add(ParseFillItem());
        }
        while (reader.TrySymbol(","));
        reader.ExpectSymbol(")");
        return items;
    }

    private FillItem ParseFillItem()
    {
        int position = reader.Current.Position;
        FillItem? named = reader.TryWord("NONE") ? new FillItem(position, FillMode.None)
            : reader.TryWord("NULL") ? new FillItem(position, FillMode.Null)
            : reader.TryWord("PREV") || reader.TryWord("PREVIOUS") ? new FillItem(position, FillMode.Previous)
            : reader.TryWord("LINEAR") ? new FillItem(position, FillMode.Linear)
            : null;
        if (named is not null)
        {
            return named;
        }

        if (reader.Current.IsWord("NEXT") || reader.Current.IsWord("AUTO"))
        {
            throw reader.Source.Error(
                position,
                $"FILL({reader.Current.Text.ToUpperInvariant()}) is not supported yet",
                "NONE, NULL, PREV, LINEAR or a constant");
        }

        return new FillItem(position, FillMode.Constant, expressions.Parse());
    }

    private void ParseAlignment()
    {
        reader.ExpectWord("TO");
        if (reader.TryWords("FIRST", "OBSERVATION"))
        {
            throw reader.Source.Error(
                reader.Current.Position,
                "ALIGN TO FIRST OBSERVATION is not supported yet",
                "ALIGN TO CALENDAR");
        }

        reader.ExpectWord("CALENDAR");
        if (reader.TryWords("TIME", "ZONE"))
        {
            Token zone = reader.Take();
            bool isUtc = zone.Text.ToUpperInvariant() is "UTC" or "Z" or "ETC/UTC";
            if (zone.Kind != TokenKind.Text || !isUtc)
            {
                throw reader.Source.Error(zone.Position, "only TIME ZONE 'UTC' is supported yet");
            }
        }

        if (reader.Current.IsWord("WITH"))
        {
            throw reader.Source.Error(reader.Current.Position, "WITH OFFSET is not supported yet");
        }
    }
}
