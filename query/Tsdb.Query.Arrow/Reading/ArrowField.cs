namespace Tsdb.Query.Arrow.Reading;

/// <summary>A column of a foreign schema.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its values; for a dictionary column, of the dictionary's.</param>
/// <param name="IndexType">Type of a dictionary column's indexes; null for a plain column.</param>
/// <param name="DictionaryId">Which dictionary, if it has one.</param>
internal sealed record ArrowField(string Name, ArrowType Type, ArrowType? IndexType, long DictionaryId)
{
    /// <summary>Type of what lies in the column's own buffers.</summary>
    public ArrowType StoredType => IndexType ?? Type;
}
