using Tsdb.Storage.Working;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// How far the merge under way has come, and the place where it is slowed down and stopped.
/// </summary>
/// <remarks>Advanced by the compaction thread, read by any.</remarks>
internal sealed class MergeProgress(CompactionThrottle throttle, IWorkHost host)
{
    private CancellationToken _cancellation;
    private bool _isUrgent;
    private long _totalSizeBytes;
    private long _doneSizeBytes;

    /// <summary>Bytes of the inputs of the merge under way; 0 when there is none.</summary>
    public long TotalSizeBytes => Volatile.Read(ref _totalSizeBytes);

    /// <summary>How many of them are dealt with.</summary>
    public long DoneSizeBytes => Volatile.Read(ref _doneSizeBytes);

    public void Start(CompactionJob job, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _isUrgent = job.Reason == CompactionReason.ReadAmplification;
        Volatile.Write(ref _doneSizeBytes, 0);
        Volatile.Write(ref _totalSizeBytes, job.SizeBytes);
    }

    /// <summary>Called every block or so.</summary>
    /// <param name="sizeBytes">Bytes of the inputs dealt with since the last call; about as many are
    /// written.</param>
    /// <exception cref="OperationCanceledException">The merge is to stop.</exception>
    public void Advance(long sizeBytes)
    {
        Volatile.Write(ref _doneSizeBytes, _doneSizeBytes + sizeBytes);
        throttle.Take(sizeBytes * 2, _isUrgent, _cancellation);
        host.Yield();
    }

    public void End()
    {
        Volatile.Write(ref _totalSizeBytes, 0);
        Volatile.Write(ref _doneSizeBytes, 0);
    }
}
