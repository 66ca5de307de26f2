using Tsdb.Core;

namespace Tsdb.Storage.Reading;

/// <summary>Gives integers that were stored before their column became a float column as floats.</summary>
internal static class CellWidening
{
    /// <exception cref="SchemaChangedException">
    /// Neither the same type nor one that was widened since.
    /// </exception>
    public static bool IsNeeded(ColumnKey key, ColumnType stored, ColumnType type)
    {
        if (stored == type)
        {
            return false;
        }

        return stored == ColumnType.Int64 && type == ColumnType.Float64
            ? true
            : throw new SchemaChangedException(key);
    }

    public static void Apply(ReadOnlySpan<ulong> cells, Span<ulong> target)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            target[i] = Apply(cells[i]);
        }
    }

    public static ulong Apply(ulong cell) => BitConverter.DoubleToUInt64Bits((long)cell);
}
