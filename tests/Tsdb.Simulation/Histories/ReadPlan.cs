using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>Which cells of a table to read, of which rows, in which direction.</summary>
/// <param name="Names">The cells' names.</param>
/// <param name="Keys">The same, as the storage calls them.</param>
/// <param name="Range">The rows.</param>
/// <param name="IsDescending">Whether later chunks come first.</param>
internal sealed record ReadPlan(
    IReadOnlyList<CellName> Names, IReadOnlyList<ColumnKey> Keys, TimeRange Range, bool IsDescending)
{
    private static readonly CellKind[] _columnKinds =
        [CellKind.Value, CellKind.Status, CellKind.Findings, CellKind.Repaired];

    private static readonly CellKind[] _rowKinds =
        [CellKind.RawTimestamp, CellKind.Arrival, CellKind.SourceStream, CellKind.SourceSequence];

    /// <summary>Everything.</summary>
    public static ReadPlan All(TableSchema table) => Make(table, TimeRange.All, false, static _ => true);

    /// <summary>Some cells of some rows.</summary>
    public static ReadPlan Some(TableSchema table, TimeRange range, Random random)
    {
        double ratio = random.Next(3) switch { 0 => 1, 1 => 0.5, _ => 0.15 };
        return Make(table, range, random.Next(2) == 0, _ => random.NextDouble() < ratio);
    }

    public override string ToString() =>
        $"[{Range.FromNs}, {Range.ToNs}) {(IsDescending ? "descending" : "ascending")} "
        + string.Join(',', Names);

    private static ReadPlan Make(
        TableSchema table, TimeRange range, bool isDescending, Func<CellName, bool> takes)
    {
        List<CellName> names = [];
        List<ColumnKey> keys = [];
        foreach (ColumnSchema column in table.Columns)
        {
            foreach (CellKind kind in _columnKinds)
            {
                Add(new CellName(column.Name, kind), new ColumnKey(column.ColumnId, kind));
            }
        }

        foreach (CellKind kind in _rowKinds)
        {
            Add(new CellName("", kind), new ColumnKey(ColumnKey.RowColumnId, kind));
        }

        return new ReadPlan(names, keys, range, isDescending);

        void Add(CellName name, ColumnKey key)
        {
            if (takes(name))
            {
                names.Add(name);
                keys.Add(key);
            }
        }
    }
}
