using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Puts the rows that a batch has of one series beside each other and in order of time, and series of like
/// values next to each other: a frame then packs about as well as a segment does, and the memtable meets each
/// series once. Rows of one series at one time keep their order, so the last one still wins.
/// </summary>
/// <remarks>Only where a batch has several rows of a series, else nothing is gained. Reusable; one thread at
/// a time.</remarks>
internal sealed class SeriesGrouping
{
    /// <summary>Batches with fewer rows a series stay as they are.</summary>
    public const int RowCountPerSeriesMin = 4;

    /// <summary>Smaller batches stay as they are.</summary>
    public const int RowCountMin = 64;

    // Ids that lie wider apart would cost more to count than is gained.
    private const int SpreadMax = 8;

    // More rows of a series than this are left in the order they came: they fill blocks of their own.
    private const int SortedRowCountMax = 128;

    // Low bits of a key hold the run's number, so that a plain sort keeps equal ones in order.
    private const int RunBitCount = 24;

    private int[] _starts = [];
    private int[] _runs = [];
    private ulong[] _keys = [];
    private int[] _byId = [];
    private int[] _order = [];
    private int[] _cellOfRow = [];
    private uint[] _ids = [];

    /// <summary>Brings the rows of a table into the better order, if there is one.</summary>
    public void Apply(ResolvedTable table)
    {
        int rowCount = table.Rows.RowCount;
        Span<uint> ids = table.SeriesIds.AsSpan(0, rowCount);
        if (rowCount < RowCountMin || !TryCount(ids, out uint firstId, out int runCount))
        {
            return;
        }

        FillBySeries(ids, firstId, runCount);
        Span<int> byId = _byId.AsSpan(0, rowCount);
        for (int run = 0; run < runCount; run++)
        {
            SortByTime(byId[_runs[run].._runs[run + 1]], table.Rows.TimestampsNs);
        }

        OrderRuns(table, runCount, rowCount);
        Rearrange(table, _order.AsSpan(0, rowCount));
    }

    /// <summary>Counts the rows of each series; false where the order is good, or too costly to
    /// better.</summary>
    private bool TryCount(ReadOnlySpan<uint> ids, out uint firstId, out int runCount)
    {
        firstId = uint.MaxValue;
        runCount = 0;
        uint lastId = 0;
        foreach (uint id in ids)
        {
            firstId = Math.Min(firstId, id);
            lastId = Math.Max(lastId, id);
        }

        if (lastId - firstId >= (long)ids.Length * SpreadMax)
        {
            return false;
        }

        int spread = (int)(lastId - firstId) + 1;
        Resize(ref _starts, spread);
        Span<int> counts = _starts.AsSpan(0, spread);
        counts.Clear();
        uint previous = uint.MaxValue;
        int changeCount = 0;
        foreach (uint id in ids)
        {
            ref int count = ref counts[(int)(id - firstId)];
            runCount += count == 0 ? 1 : 0;
            changeCount += id != previous ? 1 : 0;
            previous = id;
            count++;
        }

        return (long)runCount * RowCountPerSeriesMin <= ids.Length && changeCount > runCount;
    }

    /// <summary>The rows by series, each series' as they came; and where each series begins.</summary>
    private void FillBySeries(ReadOnlySpan<uint> ids, uint firstId, int runCount)
    {
        Resize(ref _runs, runCount + 1);
        Resize(ref _byId, ids.Length);
        int run = 0;
        int start = 0;
        foreach (ref int count in _starts.AsSpan())
        {
            if (start == ids.Length)
            {
                break;
            }

            if (count > 0)
            {
                _runs[run++] = start;
                (count, start) = (start, start + count);
            }
        }

        Invariant.Holds(run == runCount);
        _runs[run] = start;
        for (int row = 0; row < ids.Length; row++)
        {
            _byId[_starts[ids[row] - firstId]++] = row;
        }
    }

    private static void SortByTime(Span<int> rows, long[] timestampsNs)
    {
        if (rows.Length > SortedRowCountMax)
        {
            return;
        }

        for (int i = 1; i < rows.Length; i++)
        {
            int row = rows[i];
            long timestampNs = timestampsNs[row];
            int place = i;
            for (; place > 0 && timestampsNs[rows[place - 1]] > timestampNs; place--)
            {
                rows[place] = rows[place - 1];
            }

            rows[place] = row;
        }
    }

    private void OrderRuns(ResolvedTable table, int runCount, int rowCount)
    {
        Invariant.Holds(runCount < 1 << RunBitCount);
        Resize(ref _keys, runCount);
        Resize(ref _order, rowCount);
        Span<ulong> keys = _keys.AsSpan(0, runCount);
        ResolvedColumn? leading = FindLeading(table);
        for (int run = 0; run < runCount; run++)
        {
            ulong likeness = leading is { } column
                ? LikenessOf(column.Type, column.Source.Cells[_byId[_runs[run]]])
                : 0;
            keys[run] = (likeness >> RunBitCount << RunBitCount) | (uint)run;
        }

        keys.Sort();
        Span<int> order = _order.AsSpan(0, rowCount);
        foreach (ulong key in keys)
        {
            int run = (int)(key & ((1 << RunBitCount) - 1));
            Span<int> rows = _byId.AsSpan(_runs[run].._runs[run + 1]);
            rows.CopyTo(order);
            order = order[rows.Length..];
        }

        Invariant.Holds(order.IsEmpty);
    }

    /// <summary>The first column with a number in each row.</summary>
    private static ResolvedColumn? FindLeading(ResolvedTable table)
    {
        foreach (ResolvedColumn column in table.Columns)
        {
            if (!column.Source.IsSparse && column.Type != ColumnType.String)
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>A number that is near for values that pack well together: short decimals by size, and apart
    /// from them what has all its digits.</summary>
    private static ulong LikenessOf(ColumnType type, ulong cell)
    {
        const ulong Sign = 1UL << 63;
        if (type != ColumnType.Float64)
        {
            return cell ^ Sign;
        }

        double value = BitConverter.UInt64BitsToDouble(cell);
        double scaled = value * 10_000;
        bool isShort = Math.Abs(scaled - Math.Round(scaled)) <= 1e-12 * Math.Abs(scaled);
        ulong ordered = (cell & Sign) == 0 ? cell | Sign : ~cell;
        return (ordered >> 1) | (isShort ? 0 : Sign);
    }

    /// <summary>The rows and cells are copied: the batch is the sender's, who may send it again.</summary>
    private void Rearrange(ResolvedTable table, ReadOnlySpan<int> order)
    {
        TableRows source = table.Rows;
        TableRows target = table.StartCopy(order.Length);
        for (int i = 0; i < order.Length; i++)
        {
            target.TimestampsNs[i] = source.TimestampsNs[order[i]];
        }

        Resize(ref _ids, order.Length);
        Span<uint> ids = table.SeriesIds.AsSpan(0, order.Length);
        ids.CopyTo(_ids);
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = _ids[order[i]];
        }

        foreach (ref ResolvedColumn column in CollectionsMarshal.AsSpan(table.Columns))
        {
            SampleColumn cells = target.AddColumn([], column.Source.Type, column.Source.Kind);
            if (column.Source.IsSparse)
            {
                GatherSparse(column.Source, order, cells);
            }
            else
            {
                Gather(column.Source, order, cells);
            }

            column = column with { Source = cells };
        }
    }

    private static void Gather(SampleColumn source, ReadOnlySpan<int> order, SampleColumn target)
    {
        target.EnsureCapacity(order.Length);
        target.CellCount = order.Length;
        ReadOnlySpan<ulong> cells = source.Cells.AsSpan(0, order.Length);
        Span<ulong> ordered = target.Cells.AsSpan(0, order.Length);
        for (int i = 0; i < ordered.Length; i++)
        {
            ordered[i] = cells[order[i]];
        }
    }

    private void GatherSparse(SampleColumn source, ReadOnlySpan<int> order, SampleColumn target)
    {
        Resize(ref _cellOfRow, order.Length);
        Span<int> cellOfRow = _cellOfRow.AsSpan(0, order.Length);
        cellOfRow.Fill(-1);
        for (int cell = 0; cell < source.CellCount; cell++)
        {
            cellOfRow[source.RowIndexes[cell]] = cell;
        }

        target.MakeSparse();
        target.EnsureCapacity(source.CellCount);
        int count = 0;
        for (int row = 0; row < order.Length; row++)
        {
            int cell = cellOfRow[order[row]];
            if (cell >= 0)
            {
                target.Cells[count] = source.Cells[cell];
                target.RowIndexes[count++] = row;
            }
        }

        target.CellCount = count;
        Invariant.Holds(count == source.CellCount);
    }

    private static void Resize<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, array.Length * 2)];
        }
    }
}
