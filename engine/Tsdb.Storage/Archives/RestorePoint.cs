namespace Tsdb.Storage.Archives;

/// <summary>What a database is to be put back to. Both limits hold; without any: all that is
/// archived.</summary>
/// <param name="UntilNs">Commits after it are left out; ns since 1970. Null for no limit.</param>
/// <param name="UntilLsn">Frames above it are left out. Null for no limit.</param>
public readonly record struct RestorePoint(long? UntilNs, ulong? UntilLsn)
{
    internal bool Takes(in ArchivedFrame frame) =>
        !(frame.CommitTimeNs > UntilNs) && !(frame.Lsn > UntilLsn);

    internal bool Takes(Backups.SnapshotInfo snapshot) =>
        !(snapshot.CommitTimeNs > UntilNs) && !((snapshot.ReachedLsn ?? snapshot.Lsn) > UntilLsn);
}
