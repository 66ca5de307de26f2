namespace Tsdb.Query.Language;

/// <summary>Reads one statement. Order of clauses: SELECT, FROM, LATEST ON, WHERE, SAMPLE BY, GROUP BY
/// …</summary>
internal sealed class Parser
{
    private static readonly string[] _writeWords =
        ["INSERT", "UPDATE", "COPY"];

    private readonly TokenReader _reader;
    private readonly ExpressionParser _expressions;

    private Parser(SqlSource source)
    {
        _reader = new TokenReader(source);
        _expressions = new ExpressionParser(_reader);
    }

    /// <exception cref="SqlException">The text is not one statement that this dialect has.</exception>
    public static Statement Parse(SqlSource source)
    {
        Parser parser = new(source);
        Statement statement = parser.ParseStatement();
        parser._reader.TrySymbol(";");
        if (parser._reader.Current.Kind != TokenKind.End)
        {
            throw parser._reader.Unexpected("the end of the statement");
        }

        return statement;
    }

    private Statement ParseStatement()
    {
        Token first = _reader.Current;
        if (first.IsWord("SELECT"))
        {
            return ParseSelect();
        }

        if (_reader.TryWord("EXPLAIN"))
        {
            if (_reader.Current.IsWord("ANALYZE"))
            {
                throw _reader.Source.Error(_reader.Current.Position, "EXPLAIN ANALYZE is not supported yet");
            }

            return new ExplainStatement(first.Position, ParseSelect());
        }

        if (_reader.TryWord("SHOW"))
        {
            return ParseShow(first.Position);
        }

        if (first.IsWord("WITH"))
        {
            throw _reader.Source.Error(first.Position, "WITH is not supported yet");
        }

        if (new WriteParser(_reader, _expressions).TryParse() is { } write)
        {
            return write;
        }

        foreach (string word in _writeWords)
        {
            if (first.IsWord(word))
            {
                string instead = word is "INSERT" or "COPY"
                    ? "write by line protocol or Arrow"
                    : "rows are written by line protocol or Arrow; the last write of a key wins";
                throw _reader.Source.Error(first.Position, $"{word} is not supported yet; {instead}");
            }
        }

        throw _reader.Unexpected("SELECT, SHOW or EXPLAIN");
    }

    private Statement ParseShow(int position)
    {
        if (_reader.TryWord("TABLES"))
        {
            return new ShowTablesStatement(position);
        }

        if (_reader.TryWord("MEMORY"))
        {
            return new ShowMemoryStatement(position);
        }

        if (_reader.TryWord("DELETES"))
        {
            return new ShowDeletesStatement(position);
        }

        if (_reader.TryWord("DAMAGE"))
        {
            return new ShowDamageStatement(position);
        }

        if (_reader.TryWord("COLUMNS"))
        {
            if (!_reader.TryWord("FROM"))
            {
                _reader.ExpectWord("IN");
            }

            return new ShowColumnsStatement(position, ParseTable());
        }

        if (_reader.TryWord("CARDINALITY"))
        {
            TableReference? table = _reader.TryWord("FROM") ? ParseTable() : null;
            return new ShowCardinalityStatement(
                position, table, _reader.TryWord("LIMIT") ? _expressions.Parse() : null);
        }

        if (_reader.TryWord("SNAPSHOTS"))
        {
            return new ShowSnapshotsStatement(position);
        }

        if (_reader.TryWord("BACKUPS"))
        {
            _reader.ExpectWord("FROM");
            return new ShowBackupsStatement(position, _expressions.Parse());
        }

        if (_reader.TryWord("ROLLUPS"))
        {
            return new ShowRollupsStatement(position, _reader.TryWord("FROM") ? ParseTable() : null);
        }

        throw _reader.Unexpected(
            "TABLES, DELETES, ROLLUPS, DAMAGE, MEMORY, COLUMNS FROM a table, CARDINALITY, SNAPSHOTS or "
            + "BACKUPS FROM");
    }

    private SelectStatement ParseSelect()
    {
        int position = _reader.Current.Position;
        _reader.ExpectWord("SELECT");
        bool isDistinct = _reader.TryWord("DISTINCT");
        if (isDistinct && _reader.Current.IsWord("ON"))
        {
            throw _reader.Source.Error(
                _reader.Current.Position,
                "DISTINCT ON is not supported",
                "SELECT * FROM t LATEST ON ts PARTITION BY tag gives the latest row of each");
        }

        _reader.TryWord("ALL");
        List<SelectItem> items = ParseItems();
        TableReference? from = _reader.TryWord("FROM") ? ParseTable() : null;
        RefuseJoins();
        LatestOnClause? latestOn = ParseLatestOn();
        Expression? where = _reader.TryWord("WHERE") ? _expressions.Parse() : null;
        latestOn ??= ParseLatestOn();
        SampleByClause? sampleBy = new SampleByParser(_reader, _expressions).TryParse();
        List<Expression> groupBy = _reader.TryWords("GROUP", "BY") ? _expressions.ParseList() : [];
        Expression? having = _reader.TryWord("HAVING") ? _expressions.Parse() : null;
        List<OrderItem> orderBy = _reader.TryWords("ORDER", "BY") ? ParseOrder() : [];
        (Expression? limit, Expression? offset) = ParseLimit();
        return new SelectStatement(position)
        {
            IsDistinct = isDistinct,
            Items = items,
            From = from,
            LatestOn = latestOn,
            Where = where,
            SampleBy = sampleBy,
            GroupBy = groupBy,
            Having = having,
            OrderBy = orderBy,
            Limit = limit,
            Offset = offset,
        };
    }

    private List<SelectItem> ParseItems()
    {
        List<SelectItem> items = [];
        do
        {
            int position = _reader.Current.Position;
            if (_reader.TrySymbol("*"))
            {
                items.Add(new SelectItem(position, null, null, "*"));
                continue;
            }

            Expression expression = _expressions.Parse();
            string text = _reader.Source.Text[position.._reader.Current.Position].Trim();
            items.Add(new SelectItem(position, expression, ParseAlias(), text));
        }
        while (_reader.TrySymbol(","));
        return items;
    }

    private string? ParseAlias()
    {
        if (_reader.TryWord("AS"))
        {
            Token token = _reader.Current;
            return token.Kind is TokenKind.Word or TokenKind.QuotedName
                ? _reader.Take().Text
                : throw _reader.Unexpected("a name");
        }

        Token next = _reader.Current;
        bool isAlias = next.Kind == TokenKind.QuotedName
            || (next.Kind == TokenKind.Word && !ReservedWords.Contains(next.Text));
        return isAlias ? _reader.Take().Text : null;
    }

    private TableReference ParseTable()
    {
        if (_reader.Current.IsSymbol("("))
        {
            throw _reader.Source.Error(_reader.Current.Position, "sub-queries are not supported yet");
        }

        Token name = _reader.ExpectName("a table name");
        return new TableReference(name.Position, name.Text, ParseAlias());
    }

    private void RefuseJoins()
    {
        Token token = _reader.Current;
        string[] words = ["JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "ASOF"];
        bool isJoin = token.IsSymbol(",");
        foreach (string word in words)
        {
            isJoin |= token.IsWord(word);
        }

        if (isJoin)
        {
            throw _reader.Source.Error(token.Position, "joins are not supported yet");
        }
    }

    private LatestOnClause? ParseLatestOn()
    {
        int position = _reader.Current.Position;
        if (!_reader.TryWord("LATEST"))
        {
            return null;
        }

        _reader.ExpectWord("ON");
        ColumnExpression time = ParseColumnName();
        _reader.ExpectWord("PARTITION");
        _reader.ExpectWord("BY");
        List<ColumnExpression> partitionBy = [ParseColumnName()];
        while (_reader.TrySymbol(","))
        {
            partitionBy.Add(ParseColumnName());
        }

        return new LatestOnClause(position, time, partitionBy);
    }

    private ColumnExpression ParseColumnName()
    {
        Token name = _reader.ExpectName("a column name");
        return new ColumnExpression(name.Position, null, name.Text);
    }

    private List<OrderItem> ParseOrder()
    {
        List<OrderItem> items = [];
        do
        {
            Expression expression = _expressions.Parse();
            bool isDescending = _reader.TryWord("DESC");
            if (!isDescending)
            {
                _reader.TryWord("ASC");
            }

            bool? nullsFirst = _reader.TryWords("NULLS", "FIRST") ? true
                : _reader.TryWords("NULLS", "LAST") ? false
                : null;
            items.Add(new OrderItem(expression, isDescending, nullsFirst));
        }
        while (_reader.TrySymbol(","));
        return items;
    }

    private (Expression? Limit, Expression? Offset) ParseLimit()
    {
        Expression? limit = null;
        Expression? offset = null;
        if (_reader.TryWord("LIMIT"))
        {
            limit = _reader.TryWord("ALL") ? null : _expressions.Parse();
        }

        if (_reader.TryWord("OFFSET"))
        {
            offset = _expressions.Parse();
        }

        return (limit, offset);
    }
}
