namespace Tsdb.Query.Arrow.Reading;

/// <summary>The dictionaries of one schema, by id; two columns may share one.</summary>
internal sealed class ArrowDictionaries
{
    private const int IdField = 0;
    private const int DataField = 1;
    private const int IsDeltaField = 2;

    private readonly long _sizeBytesMax;
    private readonly Dictionary<long, (ArrowField Field, ArrowDictionary Dictionary)> _byId = [];
    private readonly ArrowDictionary?[] _ofColumn;

    /// <summary>Bytes of all dictionaries.</summary>
    public long SizeBytes
    {
        get
        {
            long sizeBytes = 0;
            foreach ((ArrowField Field, ArrowDictionary Dictionary) entry in _byId.Values)
            {
                sizeBytes += entry.Dictionary.SizeBytes;
            }

            return sizeBytes;
        }
    }

    /// <exception cref="ArrowInputException">Columns of different types share one.</exception>
    public ArrowDictionaries(ArrowSchema schema, long sizeBytesMax)
    {
        _sizeBytesMax = sizeBytesMax;
        _ofColumn = [.. schema.Fields.Select(FindOrAdd)];
    }

    /// <summary>A column's dictionary; null for a plain one.</summary>
    public ArrowDictionary? this[int column] => _ofColumn[column];

    /// <summary>Takes a dictionary batch.</summary>
    /// <param name="batch">The table `DictionaryBatch`.</param>
    /// <param name="message">The message's body.</param>
    /// <param name="body">Gets the batch loaded; of no use after.</param>
    /// <exception cref="ArrowInputException">It is malformed, or all together take too
    /// much.</exception>
    public void Load(FlatTable batch, ReadOnlyMemory<byte> message, ArrowBody body)
    {
        long id = batch.ReadInt64(IdField);
        if (!_byId.TryGetValue(id, out (ArrowField Field, ArrowDictionary Dictionary) target)
            || !batch.TryOpen(DataField, out FlatTable data))
        {
            throw new ArrowInputException($"malformed Arrow message: no column has the dictionary {id}");
        }

        body.Load(data, message);
        ArrowColumnBuffers buffers = body.Next(target.Field.Name, target.Field.Type);
        long othersBytes = -target.Dictionary.SizeBytes;
        foreach ((_, ArrowDictionary other) in _byId.Values)
        {
            othersBytes += other.SizeBytes;
        }

        target.Dictionary.Load(
            new ArrowTexts(target.Field.Name, target.Field.Type, buffers, body.RowCount),
            batch.ReadByte(IsDeltaField) != 0,
            _sizeBytesMax - othersBytes);
    }

    private ArrowDictionary? FindOrAdd(ArrowField field)
    {
        if (field.IndexType is null)
        {
            return null;
        }

        if (!_byId.TryGetValue(field.DictionaryId, out (ArrowField Field, ArrowDictionary Dictionary) known))
        {
            known = (field, new ArrowDictionary());
            _byId.Add(field.DictionaryId, known);
        }

        return known.Field.Type == field.Type
            ? known.Dictionary
            : throw new ArrowInputException(
                $"column '{field.Name}' shares its dictionary with '{known.Field.Name}' of another type");
    }
}
