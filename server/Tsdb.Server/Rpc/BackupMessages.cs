using Tsdb.Engine;
using Tsdb.Protocol.V1;
using Tsdb.Storage.Backups;

namespace Tsdb.Server.Rpc;

/// <summary>Snapshots and backups as messages.</summary>
internal static class BackupMessages
{
    public static Snapshot ToMessage(Database database, SnapshotInfo info) => new()
    {
        Name = info.Name,
        Lsn = info.Lsn,
        CommitTimeNs = info.CommitTimeNs,
        SegmentCount = info.SegmentCount,
        SizeBytes = info.SizeBytes,
        Path = database.Snapshots.PathOf(info.Name),
    };

    public static ListSnapshotsReply ToReply(Database database)
    {
        ListSnapshotsReply reply = new();
        reply.Snapshots.AddRange(database.Snapshots.List().Select(info => ToMessage(database, info)));
        return reply;
    }

    public static BackupEvent ToMessage(BackupPhase phase, BackupProgress progress) => new()
    {
        Step = new BackupStep
        {
            Phase = NameOf(phase),
            DoneCount = progress.DoneCount,
            TotalCount = progress.TotalCount,
            MovedSizeBytes = progress.MovedSizeBytes,
        },
    };

    public static BackupEvent ToMessage(BackupOutcome outcome) => new()
    {
        Done = new BackupDone
        {
            Id = outcome.Manifest.Id,
            Lsn = outcome.Manifest.Snapshot.Lsn,
            CommitTimeNs = outcome.Manifest.Snapshot.CommitTimeNs,
            FileCount = outcome.Manifest.Entries.Count,
            SizeBytes = outcome.Manifest.SizeBytes,
            SentSizeBytes = outcome.SentSizeBytes,
            RemovedCount = outcome.RemovedCount,
        },
    };

    private static string NameOf(BackupPhase phase) => phase switch
    {
        BackupPhase.Snapshot => "snapshot",
        BackupPhase.Send => "send",
        BackupPhase.Verify => "verify",
        _ => "prune",
    };
}
