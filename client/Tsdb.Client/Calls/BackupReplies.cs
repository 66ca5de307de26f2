using Tsdb.Core;
using Tsdb.Protocol.V1;

namespace Tsdb.Client.Calls;

/// <summary>Messages about snapshots and backups as the client's types.</summary>
internal static class BackupReplies
{
    public static TsdbSnapshot ToSnapshot(Snapshot reply) => new(
        reply.Name,
        reply.Lsn,
        new Timestamp(reply.CommitTimeNs),
        reply.SegmentCount,
        reply.SizeBytes,
        reply.Path);

    public static TsdbBackup ToBackup(BackupDone done) => new(
        done.Id,
        done.Lsn,
        new Timestamp(done.CommitTimeNs),
        done.FileCount,
        done.SizeBytes,
        done.SentSizeBytes,
        done.RemovedCount);
}
