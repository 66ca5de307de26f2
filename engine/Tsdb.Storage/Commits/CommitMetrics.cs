using System.Diagnostics;

namespace Tsdb.Storage.Commits;

/// <summary>Counters of the commit thread. Written by it alone, read by any.</summary>
internal sealed class CommitMetrics
{
    private long _commitCount;
    private long _batchCount;
    private long _rowCount;
    private long _walBytes;
    private long _commitTicks;
    private long _startedAt;

    public long CommitCount => Volatile.Read(ref _commitCount);

    public long BatchCount => Volatile.Read(ref _batchCount);

    public long RowCount => Volatile.Read(ref _rowCount);

    public long WalBytesWritten => Volatile.Read(ref _walBytes);

    /// <summary>Time spent writing and syncing the log.</summary>
    public TimeSpan CommitTime => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _commitTicks));

    public CommitLatencies Latencies { get; } = new();

    /// <summary>A frame is about to be logged.</summary>
    public void StartCommit() => _startedAt = Stopwatch.GetTimestamp();

    /// <summary>It has been.</summary>
    public void NoteCommit(int batchCount, int rowCount, int payloadSizeBytes)
    {
        long ticks = Stopwatch.GetTimestamp() - _startedAt;
        Volatile.Write(ref _commitCount, _commitCount + 1);
        Volatile.Write(ref _batchCount, _batchCount + batchCount);
        Volatile.Write(ref _rowCount, _rowCount + rowCount);
        Volatile.Write(ref _walBytes, _walBytes + payloadSizeBytes);
        Volatile.Write(ref _commitTicks, _commitTicks + ticks);
        Latencies.Note(Stopwatch.GetElapsedTime(0, ticks));
    }
}
