namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// What the Arrow library must not see: it trusts lengths, and walks nested schemas by recursion, so that a
/// hostile message could exhaust memory or the stack.
/// </summary>
internal static class ArrowLibraryCheck
{
    private const int SchemaFieldsField = 1;
    private const int FieldChildrenField = 5;
    private const int DictionaryDataField = 1;
    private const int BatchCompressionField = 3;

    /// <exception cref="ArrowInputException">The message is not taken.</exception>
    public static void Check(ArrowMessageKind kind, FlatTable header)
    {
        switch (kind)
        {
            case ArrowMessageKind.Schema:
                CheckSchema(header);
                break;
            case ArrowMessageKind.DictionaryBatch:
                if (header.TryOpen(DictionaryDataField, out FlatTable data))
                {
                    CheckBatch(data);
                }

                break;
            default:
                CheckBatch(header);
                break;
        }
    }

    private static void CheckSchema(FlatTable schema)
    {
        int fieldCount = schema.CountVector(SchemaFieldsField);
        for (int i = 0; i < fieldCount; i++)
        {
            FlatTable field = schema.OpenInVector(SchemaFieldsField, i);
            if (field.CountVector(FieldChildrenField) != 0)
            {
                throw new ArrowInputException($"column {i + 1} is nested (list, struct, map or union)");
            }
        }
    }

    private static void CheckBatch(FlatTable batch)
    {
        if (batch.TryOpen(BatchCompressionField, out _))
        {
            throw new ArrowInputException("compressed Arrow bodies are not taken here");
        }
    }
}
