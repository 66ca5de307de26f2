using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Flushing;

/// <summary>A segment file that is complete and durable, but that the manifest does not name yet.</summary>
/// <param name="Path">The file.</param>
/// <param name="Info">Its size and totals.</param>
/// <param name="Indexes">For whoever reads it next.</param>
/// <param name="AppliedLsn">Deletes up to this LSN are carried out in it.</param>
internal sealed record WrittenSegment(
    string Path, SegmentInfo Info, SegmentIndexes Indexes, ulong AppliedLsn = 0)
{
    /// <summary>Completes the file of a writer.</summary>
    public static WrittenSegment Complete(SegmentWriter writer, string path, ulong appliedLsn = 0)
    {
        SegmentInfo info = writer.Complete();
        return new WrittenSegment(path, info, writer.CopyIndexes(), appliedLsn);
    }
}
