using Tsdb.Core;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>The windows of a shard's on-time segments, those that overlap put together: ascending,
/// disjoint.</summary>
internal sealed class WindowCells
{
    private readonly List<TimeRange> _cells = [];

    public WindowCells(IEnumerable<SegmentReader> onTime)
    {
        foreach (TimeRange window in onTime
            .Select(static segment => segment.Identity.Window).OrderBy(static window => window.FromNs))
        {
            if (_cells.Count > 0 && _cells[^1].ToNs > window.FromNs)
            {
                _cells[^1] = new TimeRange(_cells[^1].FromNs, Math.Max(_cells[^1].ToNs, window.ToNs));
            }
            else
            {
                _cells.Add(window);
            }
        }
    }

    public IReadOnlyList<TimeRange> All => _cells;

    /// <summary>
    /// Windows that hold every row between two instants: cells as they are, and between them the longest
    /// windows that reach into none, but no longer than the late segments' own.
    /// </summary>
    public List<TimeRange> Cover(long firstNs, long lastNs, long windowSizeNsMax)
    {
        List<TimeRange> windows = [];
        long nextNs = firstNs;
        foreach (TimeRange cell in _cells)
        {
            if (cell.LastNs < nextNs || cell.FromNs > lastNs)
            {
                continue;
            }

            if (cell.FromNs > nextNs)
            {
                FillGap(nextNs, cell.FromNs - 1, windowSizeNsMax, windows);
            }

            windows.Add(cell);
            nextNs = cell.ToNs;
        }

        bool endsInCell = windows.Count > 0 && windows[^1].LastNs >= lastNs;
        if (!endsInCell)
        {
            FillGap(nextNs, lastNs, windowSizeNsMax, windows);
        }

        return windows;
    }

    private void FillGap(long firstNs, long lastNs, long windowSizeNsMax, List<TimeRange> windows)
    {
        while (firstNs <= lastNs)
        {
            TimeRange window = WindowLadder.FindLongest(firstNs, windowSizeNsMax, IsFree);
            windows.Add(window);
            if (window.LastNs >= lastNs)
            {
                return;
            }

            firstNs = window.ToNs;
        }
    }

    private bool IsFree(TimeRange window)
    {
        foreach (TimeRange cell in _cells)
        {
            if (cell.FromNs < window.ToNs && cell.ToNs > window.FromNs)
            {
                return false;
            }
        }

        return true;
    }
}
