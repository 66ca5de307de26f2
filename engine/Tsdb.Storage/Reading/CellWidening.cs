using Tsdb.Core;

namespace Tsdb.Storage.Reading;

/// <summary>Gives integers that were stored before their column became a float column as floats.</summary>
internal static class CellWidening
{
    public static bool IsNeeded(ColumnType stored, ColumnType type) =>
        stored == ColumnType.Int64 && type == ColumnType.Float64;

    public static void Apply(ReadOnlySpan<ulong> cells, Span<ulong> target)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            target[i] = Apply(cells[i]);
        }
    }

    public static ulong Apply(ulong cell) => BitConverter.DoubleToUInt64Bits((long)cell);
}
