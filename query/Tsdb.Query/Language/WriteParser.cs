namespace Tsdb.Query.Language;

/// <summary>Reads the statements that write, after their first word was seen.</summary>
internal sealed class WriteParser(TokenReader reader, ExpressionParser expressions)
{
    /// <summary>The statement, or null when the first word begins none of them.</summary>
    public Statement? TryParse()
    {
        int position = reader.Current.Position;
        if (reader.TryWord("CREATE"))
        {
            return ParseCreate(position);
        }

        if (reader.TryWord("DROP"))
        {
            return ParseDrop(position);
        }

        if (reader.TryWord("DELETE"))
        {
            return ParseDelete(position);
        }

        if (reader.TryWord("TRUNCATE"))
        {
            reader.TryWord("TABLE");
            return new DeleteStatement(position, ParseTable(), null);
        }

        if (reader.TryWord("BACKUP"))
        {
            reader.ExpectWord("DATABASE");
            reader.ExpectWord("TO");
            return new BackupStatement(position, expressions.Parse());
        }

        return reader.TryWord("ALTER") ? ParseAlter(position) : null;
    }

    private Statement ParseCreate(int position)
    {
        if (reader.TryWord("SNAPSHOT"))
        {
            return new CreateSnapshotStatement(position, reader.ExpectName("a snapshot's name"));
        }

        if (reader.TryWord("ROLLUP"))
        {
            return new RollupParser(reader, expressions).ParseCreate(position);
        }

        reader.ExpectWord("TABLE");
        bool isOptional = reader.TryWord("IF");
        if (isOptional)
        {
            reader.ExpectWord("NOT");
            reader.ExpectWord("EXISTS");
        }

        Token name = reader.ExpectName("a table name");
        List<ColumnItem> columns = reader.TrySymbol("(") ? ParseColumns() : [];
        if (reader.Current.IsWord("AS"))
        {
            throw reader.Source.Error(
                reader.Current.Position, "CREATE TABLE … AS SELECT is not supported yet");
        }

        List<OptionItem> options = reader.TryWord("WITH") ? ParseOptions() : [];
        return new CreateTableStatement(position, name)
        {
            IsOptional = isOptional,
            Columns = columns,
            Options = options,
        };
    }

    private List<ColumnItem> ParseColumns()
    {
        List<ColumnItem> columns = [];
        do
        {
            Token name = reader.ExpectName("a column name");
            Token type = reader.ExpectName("TAG or a type");
            columns.Add(new ColumnItem(name, type));
        }
        while (reader.TrySymbol(","));
        if (!reader.TrySymbol(")"))
        {
            throw reader.Unexpected("',' or ')'", "a column is a name and TAG or a type: temp DOUBLE");
        }

        return columns;
    }

    private DeleteStatement ParseDelete(int position)
    {
        reader.ExpectWord("FROM");
        TableReference table = ParseTable();
        if (!reader.TryWord("WHERE"))
        {
            throw reader.Unexpected("WHERE", $"TRUNCATE TABLE {table.Name} deletes all rows");
        }

        return new DeleteStatement(position, table, expressions.Parse());
    }

    private Statement ParseDrop(int position)
    {
        if (reader.TryWord("SNAPSHOT"))
        {
            return new DropSnapshotStatement(position, reader.ExpectName("a snapshot's name"));
        }

        if (reader.TryWord("ROLLUP"))
        {
            return new RollupParser(reader, expressions).ParseDrop(position);
        }

        reader.ExpectWord("TABLE");
        bool isOptional = reader.TryWord("IF");
        if (isOptional)
        {
            reader.ExpectWord("EXISTS");
        }

        return new DropTableStatement(position, ParseTable(), isOptional);
    }

    private AlterTableStatement ParseAlter(int position)
    {
        reader.ExpectWord("TABLE");
        TableReference table = ParseTable();
        if (!reader.TryWord("SET"))
        {
            throw reader.Unexpected("SET", "ALTER TABLE t SET (ttl = '30d')");
        }

        return new AlterTableStatement(
            position, table, reader.Current.IsSymbol("(") ? ParseOptions() : [ParseOption()]);
    }

    private List<OptionItem> ParseOptions()
    {
        List<OptionItem> options = [];
        reader.ExpectSymbol("(");
        do
        {
            options.Add(ParseOption());
        }
        while (reader.TrySymbol(","));
        reader.ExpectSymbol(")");
        return options;
    }

    // SET TTL '30d' may leave out the equals sign.
    private OptionItem ParseOption()
    {
        Token name = reader.ExpectName("an option");
        reader.TrySymbol("=");
        return new OptionItem(name, expressions.Parse());
    }

    private TableReference ParseTable()
    {
        Token name = reader.ExpectName("a table name");
        return new TableReference(name.Position, name.Text, null);
    }
}
