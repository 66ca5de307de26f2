using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Segments.Merging;

/// <summary>
/// Merges runs whose rows alternate, as late rows and those on time do: first the order of all rows, then
/// column by column. For runs where every row has the value of every column, and of two rows at one timestamp
/// the newer one takes the other's place.
/// </summary>
/// <remarks>Copying stretches row by row costs several times as much. Reusable; not thread safe.</remarks>
internal sealed class InterleavedMerge
{
    /// <summary>Runs beside the longest must have this part of all rows, or stretches are long
    /// enough.</summary>
    private const int ShortRunsShare = 8;

    private readonly List<RowColumn> _sources = [];
    private int[] _runOf = [];
    private int[] _rowOf = [];
    private Head[] _heads = [];

    /// <summary>Merges, if the runs are of that kind; else nothing is done.</summary>
    /// <param name="runs">Older to newer; each in time order.</param>
    /// <param name="target">Has all columns of the runs, room for all their rows, and no row.</param>
    public bool TryMerge(ReadOnlySpan<RunPart> runs, SeriesRows target)
    {
        if (!Alternate(runs) || !TryFindSources(runs, target))
        {
            return false;
        }

        int headCount = StartHeads(runs);
        int rowCount = Order(headCount, target.TimestampsNs);
        for (int column = 0; column < target.ColumnSpan.Length; column++)
        {
            Gather(column, runs.Length, rowCount, target.ColumnSpan[column]);
        }

        target.RowCount = rowCount;
        return true;
    }

    private static bool Alternate(ReadOnlySpan<RunPart> runs)
    {
        int rowCount = 0;
        int longest = 0;
        bool isAscending = true;
        long lastNs = long.MinValue;
        foreach (RunPart run in runs)
        {
            if (run.RowCount > 0)
            {
                rowCount += run.RowCount;
                longest = Math.Max(longest, run.RowCount);
                isAscending &= run.Rows.TimestampsNs[run.FirstRow] > lastNs;
                lastNs = run.Rows.TimestampsNs[run.EndRow - 1];
            }
        }

        return !isAscending && (long)(rowCount - longest) * ShortRunsShare >= rowCount;
    }

    /// <summary>Column after column, that of each run; false where one is not of the simple kind.</summary>
    private bool TryFindSources(ReadOnlySpan<RunPart> runs, SeriesRows target)
    {
        _sources.Clear();
        foreach (RowColumn column in target.ColumnSpan)
        {
            if (column.Key.Kind != CellKind.Value || column.Type == ColumnType.String)
            {
                return false;
            }

            foreach (RunPart run in runs)
            {
                int index = run.Rows.FindColumn(column.Key);
                RowColumn? source = index < 0 ? null : run.Rows.ColumnSpan[index];
                if (run.RowCount > 0
                    && (source is null || source.Type != column.Type || source.Presence is not null))
                {
                    return false;
                }

                _sources.Add(source ?? column);
            }
        }

        return true;
    }

    private int StartHeads(ReadOnlySpan<RunPart> runs)
    {
        if (_heads.Length < runs.Length)
        {
            _heads = new Head[runs.Length];
        }

        int headCount = 0;
        int rowCount = 0;
        for (int run = 0; run < runs.Length; run++)
        {
            RunPart part = runs[run];
            if (part.RowCount > 0)
            {
                long[] timesNs = part.Rows.TimestampsNs;
                _heads[headCount++] = new Head(timesNs, run, part.EndRow)
                {
                    Row = part.FirstRow,
                    NextNs = timesNs[part.FirstRow],
                };
                rowCount += part.RowCount;
            }
        }

        if (_runOf.Length < rowCount)
        {
            _runOf = new int[rowCount];
            _rowOf = new int[rowCount];
        }

        return headCount;
    }

    /// <summary>Finds the rows in order, the newest of each timestamp; how many there are.</summary>
    private int Order(int headCount, long[] timestampsNs)
    {
        int count = 0;
        while (headCount > 0)
        {
            Span<Head> heads = _heads.AsSpan(0, headCount);
            int newest = 0;
            long nextNs = heads[0].NextNs;
            bool isMet = false;
            for (int i = 1; i < heads.Length; i++)
            {
                long headNs = heads[i].NextNs;
                isMet = headNs == nextNs || (isMet && headNs > nextNs);
                newest = headNs <= nextNs ? i : newest;
                nextNs = Math.Min(nextNs, headNs);
            }

            timestampsNs[count] = nextNs;
            _runOf[count] = heads[newest].Run;
            _rowOf[count++] = heads[newest].Row;
            if (!isMet)
            {
                headCount -= heads[newest].MoveNext() ? 0 : Remove(newest, headCount);
                continue;
            }

            for (int i = headCount - 1; i >= 0; i--)
            {
                if (_heads[i].NextNs == nextNs && !_heads[i].MoveNext())
                {
                    headCount -= Remove(i, headCount);
                }
            }
        }

        return count;
    }

    /// <summary>Those behind move up: their order is that of age.</summary>
    private int Remove(int head, int headCount)
    {
        _heads.AsSpan(head + 1, headCount - head - 1).CopyTo(_heads.AsSpan(head));
        return 1;
    }

    private void Gather(int column, int runCount, int rowCount, RowColumn target)
    {
        ReadOnlySpan<int> runOf = _runOf.AsSpan(0, rowCount);
        ReadOnlySpan<int> rowOf = _rowOf.AsSpan(0, rowCount);
        ReadOnlySpan<RowColumn> sources =
            CollectionsMarshal.AsSpan(_sources).Slice(column * runCount, runCount);
        Span<ulong> cells = target.Cells.AsSpan(0, rowCount);
        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = sources[runOf[i]].Cells[rowOf[i]];
        }
    }

    /// <summary>The next row of one run.</summary>
    private struct Head(long[] timesNs, int run, int endRow)
    {
        public readonly int Run = run;
        public int Row;
        public long NextNs;

        public bool MoveNext()
        {
            if (++Row == endRow)
            {
                return false;
            }

            NextNs = timesNs[Row];
            return true;
        }
    }
}
