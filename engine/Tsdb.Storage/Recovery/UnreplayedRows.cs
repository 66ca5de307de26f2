using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Deletes;

namespace Tsdb.Storage.Recovery;

/// <summary>
/// Which tables and times the rows belong to that the log holds and memory does not yet, in pieces that go as
/// the replay goes. Filled before the replay begins.
/// </summary>
/// <remarks>One thread moves on, any may look.</remarks>
internal sealed class UnreplayedRows
{
    private const long PartSizeBytesMax = 16 << 20;

    private readonly List<Part> _parts = [];
    private int _firstPart;

    /// <summary>Rows of frames at or before one of these do not come back.</summary>
    public TombstoneSet Tombstones { get; set; } = TombstoneSet.Empty;

    /// <summary>The rows of a frame that later deletes have left.</summary>
    public ResolvedBatch WithoutDeleted(ResolvedBatch rows, ulong lsn) =>
        DeletedRows.Remove(rows, lsn, Tombstones);

    /// <summary>Bytes of all frames.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Rows of all frames.</summary>
    public long RowCount { get; private set; }

    /// <summary>The first piece that is not replayed; what a reader remembers of the moment it
    /// began.</summary>
    public int FirstPart => Volatile.Read(ref _firstPart);

    /// <summary>Takes a frame; its rows follow.</summary>
    public void AddFrame(ulong lsn, int sizeBytes)
    {
        if (_parts.Count == 0 || _parts[^1].SizeBytes > PartSizeBytesMax)
        {
            _parts.Add(new Part());
        }

        _parts[^1].LastLsn = lsn;
        _parts[^1].SizeBytes += sizeBytes;
        SizeBytes += sizeBytes;
    }

    /// <summary>Takes rows of the frame added last.</summary>
    public void AddRows(int tableId, ReadOnlySpan<long> timestampsNs)
    {
        ValueRange range = ValueRange.Of(timestampsNs);
        long firstNs = range.Min;
        long lastNs = range.Max;
        Dictionary<int, (long FirstNs, long LastNs)> times = _parts[^1].Times;
        if (times.TryGetValue(tableId, out (long FirstNs, long LastNs) known))
        {
            firstNs = Math.Min(firstNs, known.FirstNs);
            lastNs = Math.Max(lastNs, known.LastNs);
        }

        times[tableId] = (firstNs, lastNs);
        RowCount += timestampsNs.Length;
    }

    /// <summary>Everything up to a frame can be read now.</summary>
    public void Advance(ulong lsn)
    {
        int first = _firstPart;
        while (first < _parts.Count && _parts[first].LastLsn <= lsn)
        {
            first++;
        }

        Volatile.Write(ref _firstPart, first);
    }

    /// <summary>Whether a table has rows in a range in the pieces from one on.</summary>
    public bool Touches(int firstPart, int tableId, TimeRange range)
    {
        for (int i = firstPart; i < _parts.Count; i++)
        {
            if (_parts[i].Times.TryGetValue(tableId, out (long FirstNs, long LastNs) times)
                && range.Overlaps(times.FirstNs, times.LastNs))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Part
    {
        public ulong LastLsn { get; set; }

        public long SizeBytes { get; set; }

        public Dictionary<int, (long FirstNs, long LastNs)> Times { get; } = [];
    }
}
