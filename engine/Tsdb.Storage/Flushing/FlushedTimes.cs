using Tsdb.Core;

namespace Tsdb.Storage.Flushing;

/// <summary>
/// For each series the latest timestamp that on-time segments hold, or that a flush tried to give them: what
/// is later extends them, what is not goes to a late segment. So on-time segments of one series never
/// overlap.
/// </summary>
/// <remarks>Used by the flush thread, and by recovery before it starts.</remarks>
internal sealed class FlushedTimes
{
    private readonly long[][] _lastNsByShard;
    private readonly long[] _floorNsByShard;

    public FlushedTimes(int shardCount)
    {
        _lastNsByShard = new long[shardCount][];
        Array.Fill(_lastNsByShard, []);
        _floorNsByShard = new long[shardCount];
        Array.Fill(_floorNsByShard, long.MinValue);
    }

    /// <summary>The latest on-time timestamp of a series, or null when none was flushed.</summary>
    public long? Get(SeriesId series)
    {
        uint shard = series.Value % (uint)_lastNsByShard.Length;
        long[] times = _lastNsByShard[shard];
        uint place = series.Value / (uint)_lastNsByShard.Length;
        long lastNs = place < times.Length ? times[place] : long.MinValue;
        lastNs = Math.Max(lastNs, _floorNsByShard[shard]);

        // The earliest instant stands for "none": a row there is later than nothing, and is merged when read.
        return lastNs != long.MinValue ? lastNs : null;
    }

    /// <summary>All series of a shard count as flushed up to here at least.</summary>
    public void RaiseShard(int shard, long lastNs) =>
        _floorNsByShard[shard] = Math.Max(_floorNsByShard[shard], lastNs);

    public void Raise(SeriesId series, long lastNs)
    {
        uint shard = series.Value % (uint)_lastNsByShard.Length;
        int place = (int)(series.Value / (uint)_lastNsByShard.Length);
        long[] times = _lastNsByShard[shard];
        if (place >= times.Length)
        {
            int known = times.Length;
            Array.Resize(ref times, Math.Max(place + 1, Math.Max(64, known * 2)));
            times.AsSpan(known).Fill(long.MinValue);
            _lastNsByShard[shard] = times;
        }

        times[place] = Math.Max(times[place], lastNs);
    }
}
