namespace Tsdb.Query.Arrow.Reading;

/// <summary>A sender's schema: Arrow's Schema.fbs, without what cannot be taken.</summary>
/// <param name="Fields">The columns.</param>
/// <param name="Metadata">What the sender says of the whole.</param>
internal sealed record ArrowSchema(
    IReadOnlyList<ArrowField> Fields, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Most columns taken, tags and time included.</summary>
    public const int FieldCountMax = 8192;

    private const int EndiannessField = 0;
    private const int FieldsField = 1;
    private const int MetadataField = 2;
    private const int NameField = 0;
    private const int TypeNumberField = 2;
    private const int TypeField = 3;
    private const int DictionaryField = 4;
    private const int DictionaryIdField = 0;
    private const int DictionaryIndexField = 1;

    /// <summary>The metadata's value, empty if there is none.</summary>
    public string MetadataOf(string key) => Metadata.GetValueOrDefault(key) ?? "";

    /// <summary>Reads a table `Schema`.</summary>
    /// <exception cref="ArrowInputException">It is malformed, big-endian, or has too many
    /// columns.</exception>
    public static ArrowSchema Read(FlatTable schema)
    {
        if (schema.ReadInt16(EndiannessField, absent: 0) != 0)
        {
            throw new ArrowInputException("the Arrow stream is big-endian; send it little-endian");
        }

        int fieldCount = schema.CountVector(FieldsField);
        if (fieldCount > FieldCountMax)
        {
            throw new ArrowInputException($"{fieldCount} columns; the limit is {FieldCountMax}");
        }

        ArrowField[] fields = new ArrowField[fieldCount];
        for (int i = 0; i < fieldCount; i++)
        {
            fields[i] = ReadField(schema.OpenInVector(FieldsField, i));
        }

        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        int pairCount = Math.Min(schema.CountVector(MetadataField), FieldCountMax);
        for (int i = 0; i < pairCount; i++)
        {
            FlatTable pair = schema.OpenInVector(MetadataField, i);
            metadata[pair.ReadText(0)] = pair.ReadText(1);
        }

        return new ArrowSchema(fields, metadata);
    }

    private static ArrowField ReadField(FlatTable field)
    {
        string name = field.ReadText(NameField);
        ArrowType type = field.TryOpen(TypeField, out FlatTable typeTable)
            ? ArrowType.Read(field.ReadByte(TypeNumberField), typeTable)
            : new ArrowType(ArrowKind.None, "without a type");
        if (!field.TryOpen(DictionaryField, out FlatTable dictionary))
        {
            return new ArrowField(name, type, null, 0);
        }

        // Arrow's default for an index is int32.
        ArrowType indexType = dictionary.TryOpen(DictionaryIndexField, out FlatTable indexTable)
            ? ArrowType.ReadInt(indexTable)
            : new ArrowType(ArrowKind.Int32, "int32");
        return new ArrowField(name, type, indexType, dictionary.ReadInt64(DictionaryIdField));
    }
}
