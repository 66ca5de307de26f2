using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Compaction;

/// <summary>Does one merge from end to end: room, files, publication; and cleans up if it comes to
/// nothing.</summary>
/// <remarks>The compaction thread's.</remarks>
internal sealed class MergeRun(
    IStorageDevice device,
    SegmentPublisher publisher,
    MergeProgress progress,
    CompactionCounters counters,
    MemoryAccount? scratch)
{
    private readonly SegmentCompaction _compaction = new(scratch);

    /// <summary>
    /// Merges, or notes why not: nothing is lost by not merging, reads and writes go on as before.
    /// </summary>
    public void Perform(CompactionJob job, MergeBackoff backoff, CancellationToken cancellation)
    {
        progress.Start(job, cancellation);
        try
        {
            ThrowIfNoRoom(job.SizeBytes);
            Merge(job);
            backoff.NoteSuccess(job.Shard);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            counters.NoteCancelled();
        }
        catch (Exception exception) when (exception is SegmentCorruptException or ManifestFailedException
            or StorageDeviceException or OverflowException or OutOfMemoryException)
        {
            backoff.NoteFailure(job.Shard, exception.Message);
        }
        finally
        {
            progress.End();
        }
    }

    private void Merge(CompactionJob job)
    {
        List<WrittenSegment> written = _compaction.Merge(device, job, publisher.Names, progress);
        using MemoryHold indexes = new(scratch);
        indexes.Set(written.Sum(static segment => segment.Indexes.SizeBytes));
        bool mayBeNamed = false;
        try
        {
            mayBeNamed = publisher.TryPublishMerge(job.Inputs, written, job.Outdates);
            if (mayBeNamed)
            {
                counters.NoteMerge(job, written.Sum(static segment => segment.Info.SizeBytes));
            }
            else
            {
                counters.NoteCancelled();
            }
        }
        catch (ManifestFailedException)
        {
            // Whether the manifest names the files will be seen at the next start, which removes them if
            // not.
            mayBeNamed = true;
            throw;
        }
        finally
        {
            if (!mayBeNamed)
            {
                Delete(written);
            }
        }
    }

    /// <summary>The largest merge needs as much room again as its inputs take, and a tenth for
    /// indexes.</summary>
    private void ThrowIfNoRoom(long inputSizeBytes)
    {
        long neededBytes = inputSizeBytes + (inputSizeBytes / 10);
        long freeBytes = device.GetFreeSizeBytes();
        if (freeBytes < neededBytes)
        {
            throw new StorageDeviceException(
                "merge", SegmentNames.Directory, 28, $"needs {neededBytes} bytes, {freeBytes} are free");
        }
    }

    private void Delete(List<WrittenSegment> written)
    {
        foreach (WrittenSegment segment in written)
        {
            try
            {
                device.Delete(segment.Path);
            }
            catch (StorageDeviceException exception)
            {
                // The next start removes what the manifest does not name.
                Trace.TraceWarning($"a file of a failed merge stays: {exception.Message}");
            }
        }
    }
}
