using Tsdb.Core;
using Tsdb.Storage.Memtables;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// How long the windows of segments are: steps of a ladder, each a multiple of the one before, so that
/// windows contain each other or are apart. Busy data get two hours, a year of hourly readings a few months;
/// one reading with a wrong clock adds a window of its own and lengthens nobody else's.
/// </summary>
internal static class WindowLadder
{
    /// <summary>Windows that the late rows of one flush of one shard may have.</summary>
    public const int LateWindowCountMax = 4;

    /// <summary>Windows that all rows of one flush of one shard may have; only those with on-time rows are
    /// written.</summary>
    public const int OnTimeWindowCountMax = 16;

    // 2 h, 1 day, 8 days, 64 days, 512 days, 4096 days; beyond that one window for all.
    private static readonly long[] _stepsInGridCells = [1, 12, 96, 768, 6144, 49152];

    /// <summary>The second step, and the fourth.</summary>
    public static long DayNs => 12 * MemtableShard.WindowGridNs;

    public static long LongNs => 768 * MemtableShard.WindowGridNs;

    /// <summary>
    /// Windows for rows on time, ascending, disjoint: long ones for what is long ago, short ones for what is
    /// new, since that is where rows on time are and go on to come.
    /// </summary>
    /// <param name="occupiedCells">
    /// All occupied cells of the <see cref="MemtableShard.WindowGridNs"/> grid; null when they are not known.
    /// </param>
    public static IReadOnlyList<TimeRange> ChooseOnTime(IReadOnlyCollection<long>? occupiedCells)
    {
        if (occupiedCells is null || occupiedCells.Count == 0)
        {
            return [TimeRange.All];
        }

        // From the longest step that has few enough windows, the newest window is cut again and again.
        int step = _stepsInGridCells.Length;
        List<TimeRange> windows = [TimeRange.All];
        List<long> newest = [.. occupiedCells];
        while (step > 0)
        {
            step--;
            long length = _stepsInGridCells[step];
            SortedSet<long> parts = [];
            foreach (long cell in newest)
            {
                parts.Add(FloorDivide(cell, length));
            }

            if (windows.Count - 1 + parts.Count > OnTimeWindowCountMax)
            {
                break;
            }

            windows.RemoveAt(windows.Count - 1);
            windows.AddRange(parts.Select(part => ToRange(part, length)));
            newest.RemoveAll(cell => FloorDivide(cell, length) != parts.Max);
        }

        return windows;
    }

    /// <summary>
    /// Windows for late rows: the shortest step at which all rows fall into few, since each window is a file
    /// and late rows are few.
    /// </summary>
    public static IReadOnlyList<TimeRange> ChooseLate(IReadOnlyCollection<long>? occupiedCells)
    {
        if (occupiedCells is null)
        {
            return [TimeRange.All];
        }

        foreach (long step in _stepsInGridCells)
        {
            SortedSet<long> windows = [];
            foreach (long cell in occupiedCells)
            {
                windows.Add(FloorDivide(cell, step));
                if (windows.Count > LateWindowCountMax)
                {
                    break;
                }
            }

            if (windows.Count <= LateWindowCountMax)
            {
                return [.. windows.Select(window => ToRange(window, step))];
            }
        }

        return [TimeRange.All];
    }

    /// <summary>The window of a step that an instant is in.</summary>
    public static TimeRange FindWindow(long timestampNs, long sizeNs) =>
        ToRange(FloorDivide(timestampNs, sizeNs), sizeNs / MemtableShard.WindowGridNs);

    /// <summary>The longest window around an instant that suits, or the shortest there is.</summary>
    /// <param name="timestampNs">The instant.</param>
    /// <param name="sizeNsMax">None longer is looked at.</param>
    /// <param name="isSuitable">Whether a window suits.</param>
    public static TimeRange FindLongest(long timestampNs, long sizeNsMax, Predicate<TimeRange> isSuitable)
    {
        TimeRange best = FindWindow(timestampNs, MemtableShard.WindowGridNs);
        for (int step = 1; step < _stepsInGridCells.Length; step++)
        {
            long sizeNs = _stepsInGridCells[step] * MemtableShard.WindowGridNs;
            TimeRange window = FindWindow(timestampNs, sizeNs);
            if (sizeNs > sizeNsMax || !isSuitable(window))
            {
                break;
            }

            best = window;
        }

        return best;
    }

    private static TimeRange ToRange(long window, long stepInGridCells)
    {
        Int128 lengthNs = (Int128)stepInGridCells * MemtableShard.WindowGridNs;
        Int128 fromNs = window * lengthNs;
        return new TimeRange(
            (long)Int128.Clamp(fromNs, long.MinValue, long.MaxValue),
            (long)Int128.Clamp(fromNs + lengthNs, long.MinValue, long.MaxValue));
    }

    private static long FloorDivide(long value, long divisor)
    {
        long quotient = Math.DivRem(value, divisor, out long rest);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
