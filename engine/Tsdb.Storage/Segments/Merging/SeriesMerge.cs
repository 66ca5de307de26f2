namespace Tsdb.Storage.Segments.Merging;

/// <summary>
/// Merges runs of one series into one by time: stretches that no other run reaches into are copied whole,
/// rows that meet at one timestamp are folded, the newer run winning column by column (<see
/// cref="MergeColumns"/>).
/// </summary>
/// <remarks>Reusable; not thread safe.</remarks>
internal sealed class SeriesMerge
{
    private readonly MergeColumns _columns = new();
    private readonly InterleavedMerge _interleaved = new();
    private RunPart[] _parts = [];
    private int[] _next = [];
    private MergeRow[] _meeting = [];

    /// <summary>Merges whole runs.</summary>
    /// <param name="runs">Older to newer; each in time order.</param>
    /// <param name="target">None of the runs; what it held is replaced.</param>
    /// <param name="keepsRepeats">For kept versions: rows with one timestamp stay beside each other, older
    /// first.
    /// </param>
    public void Merge(ReadOnlySpan<SeriesRows> runs, SeriesRows target, bool keepsRepeats = false)
    {
        if (_parts.Length < runs.Length)
        {
            _parts = new RunPart[runs.Length];
        }

        for (int i = 0; i < runs.Length; i++)
        {
            _parts[i] = new RunPart(runs[i], 0, runs[i].RowCount);
        }

        Merge(_parts.AsSpan(0, runs.Length), target, keepsRepeats);
    }

    /// <summary>Merges parts of runs; otherwise the same.</summary>
    public void Merge(ReadOnlySpan<RunPart> runs, SeriesRows target, bool keepsRepeats = false)
    {
        _columns.Open(runs, target);
        if (!keepsRepeats && _interleaved.TryMerge(runs, target))
        {
            return;
        }

        if (_next.Length < runs.Length)
        {
            _next = new int[runs.Length];
            _meeting = new MergeRow[runs.Length];
        }

        for (int i = 0; i < runs.Length; i++)
        {
            _next[i] = runs[i].FirstRow;
        }

        while (TryFindEarliest(runs, out int earliest, out long? limitNs))
        {
            RunPart run = runs[earliest];
            int firstRow = _next[earliest];
            long timestampNs = run.Rows.TimestampsNs[firstRow];
            bool isMet = timestampNs == limitNs;
            if (isMet && !keepsRepeats)
            {
                _columns.Fold(timestampNs, TakeMeeting(runs, timestampNs));
                continue;
            }

            int endRow = isMet ? FindEndOfRepeats(run, firstRow) : FindEnd(run, firstRow, limitNs);
            _columns.Copy(run.Rows, earliest, firstRow, endRow - firstRow);
            _next[earliest] = endRow;
        }
    }

    /// <summary>
    /// The oldest run among those whose next row is the earliest, and the earliest of all others.
    /// </summary>
    private bool TryFindEarliest(ReadOnlySpan<RunPart> runs, out int earliest, out long? limitNs)
    {
        earliest = -1;
        limitNs = null;
        long earliestNs = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            if (_next[i] == runs[i].EndRow)
            {
                continue;
            }

            long nextNs = runs[i].Rows.TimestampsNs[_next[i]];
            if (earliest < 0)
            {
                earliest = i;
                earliestNs = nextNs;
            }
            else if (nextNs < earliestNs)
            {
                limitNs = earliestNs;
                earliest = i;
                earliestNs = nextNs;
            }
            else if (limitNs is null || nextNs < limitNs)
            {
                limitNs = nextNs;
            }
        }

        return earliest >= 0;
    }

    /// <summary>The first row at or after the limit, found in steps that double: it is often near.</summary>
    private static int FindEnd(in RunPart run, int firstRow, long? limitNs)
    {
        if (limitNs is not { } limit)
        {
            return run.EndRow;
        }

        int low = firstRow;
        int step = 1;
        while (low + step < run.EndRow && run.Rows.TimestampsNs[low + step] < limit)
        {
            low += step;
            step *= 2;
        }

        int rowCount = Math.Min(step, run.EndRow - low - 1);
        int index = run.Rows.TimestampsNs.AsSpan(low + 1, rowCount).BinarySearch(limit);

        // With kept versions the limit may stand there several times: go to the first.
        int end = low + 1 + (index < 0 ? ~index : index);
        while (end > firstRow + 1 && run.Rows.TimestampsNs[end - 1] == limit)
        {
            end--;
        }

        return end;
    }

    private static int FindEndOfRepeats(in RunPart run, int firstRow)
    {
        int end = firstRow + 1;
        while (end < run.EndRow && run.Rows.TimestampsNs[end] == run.Rows.TimestampsNs[firstRow])
        {
            end++;
        }

        return end;
    }

    private ReadOnlySpan<MergeRow> TakeMeeting(ReadOnlySpan<RunPart> runs, long timestampNs)
    {
        int count = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            if (_next[i] < runs[i].EndRow && runs[i].Rows.TimestampsNs[_next[i]] == timestampNs)
            {
                _meeting[count++] = new MergeRow(i, _next[i]++);
            }
        }

        return _meeting.AsSpan(0, count);
    }
}
