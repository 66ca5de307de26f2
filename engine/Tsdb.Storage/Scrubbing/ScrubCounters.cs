using Tsdb.Core;

namespace Tsdb.Storage.Scrubbing;

/// <summary>What the scrubber has done since the start. Written by its thread, read by any.</summary>
internal sealed class ScrubCounters
{
    private long _passCount;
    private long _readSizeBytes;
    private long _rereadCount;
    private long _lastPassEndedNs = long.MinValue;
    private volatile bool _isPassing;

    /// <summary>Whether a pass over all files is under way.</summary>
    public bool IsPassing
    {
        get => _isPassing;
        set => _isPassing = value;
    }

    public void NoteRead(long sizeBytes, int rereadCount)
    {
        Interlocked.Add(ref _readSizeBytes, sizeBytes);
        Interlocked.Add(ref _rereadCount, rereadCount);
    }

    public void NoteReread() => Interlocked.Increment(ref _rereadCount);

    public void EndPass(Timestamp now)
    {
        Volatile.Write(ref _lastPassEndedNs, now.UnixNs);
        Interlocked.Increment(ref _passCount);
        _isPassing = false;
    }

    public ScrubStatistics Read(long rebuiltCount)
    {
        long endedNs = Volatile.Read(ref _lastPassEndedNs);
        return new ScrubStatistics(
            Volatile.Read(ref _passCount),
            Volatile.Read(ref _readSizeBytes),
            Volatile.Read(ref _rereadCount),
            rebuiltCount,
            endedNs == long.MinValue ? null : new Timestamp(endedNs),
            _isPassing);
    }
}
