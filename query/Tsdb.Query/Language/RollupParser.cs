namespace Tsdb.Query.Language;

/// <summary>Reads CREATE ROLLUP and DROP ROLLUP, after these words were seen.</summary>
internal sealed class RollupParser(TokenReader reader, ExpressionParser expressions)
{
    public CreateRollupStatement ParseCreate(int position)
    {
        bool isOptional = reader.TryWord("IF");
        if (isOptional)
        {
            reader.ExpectWord("NOT");
            reader.ExpectWord("EXISTS");
        }

        TableReference table = ParseTable();
        reader.ExpectWord("EVERY");
        Expression every = expressions.Parse();
        List<Token> columns = [];
        if (reader.TryWord("FOR"))
        {
            reader.ExpectSymbol("(");
            do
            {
                columns.Add(reader.ExpectName("a field"));
            }
            while (reader.TrySymbol(","));
            reader.ExpectSymbol(")");
        }

        return new CreateRollupStatement(position, table, every, columns, isOptional);
    }

    public DropRollupStatement ParseDrop(int position)
    {
        bool isOptional = reader.TryWord("IF");
        if (isOptional)
        {
            reader.ExpectWord("EXISTS");
        }

        TableReference table = ParseTable();
        reader.ExpectWord("EVERY");
        return new DropRollupStatement(position, table, expressions.Parse(), isOptional);
    }

    private TableReference ParseTable()
    {
        reader.ExpectWord("ON");
        Token name = reader.ExpectName("a table name");
        return new TableReference(name.Position, name.Text, null);
    }
}
