using Tsdb.Core;
using Tsdb.Storage.Memtables;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// How long the windows of a flush's segments are: the shortest step of a ladder at which its rows fall into
/// few
/// windows. Busy data get two hours, a year of hourly readings a few months; one reading with a wrong clock
/// adds a
/// window of its own and lengthens nobody else's.
/// </summary>
internal static class WindowLadder
{
    /// <summary>Windows that one flush of one shard may open before the next longer step is taken.</summary>
    public const int WindowCountMax = 8;

    // 2 h, 1 day, 8 days, 64 days, 512 days, 4096 days; beyond that one window for all.
    private static readonly long[] _stepsInGridCells = [1, 12, 96, 768, 6144, 49152];

    /// <summary>The windows that hold all rows, ascending, disjoint.</summary>
    /// <param name="occupiedCells">
    /// All occupied cells of the <see cref="MemtableShard.WindowGridNs"/> grid; null when they are not known.
    /// </param>
    public static IReadOnlyList<TimeRange> Choose(IReadOnlyCollection<long>? occupiedCells)
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
                if (windows.Count > WindowCountMax)
                {
                    break;
                }
            }

            if (windows.Count <= WindowCountMax)
            {
                return [.. windows.Select(window => ToRange(window, step))];
            }
        }

        return [TimeRange.All];
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
