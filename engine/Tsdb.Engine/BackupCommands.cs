using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Backups;

namespace Tsdb.Engine;

/// <summary>Statements about snapshots and backups: they change files beside the database, not its
/// log.</summary>
internal sealed class BackupCommands(
    DatabaseSnapshots snapshots, DatabaseBackups backups, Func<string, IBackupTarget>? openTarget)
{
    public static bool Takes(Command command) =>
        command is CreateSnapshot or DropSnapshot or ListSnapshots or BackUpDatabase or ListBackups;

    /// <exception cref="IOException">The device failed.</exception>
    public async Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellation)
    {
        try
        {
            CommandRows? rows = await RunAsync(command, cancellation).ConfigureAwait(false);
            return new CommandOutcome(CommandStatus.Done) { Rows = rows };
        }
        catch (BackupException refused)
        {
            return new CommandOutcome(CommandStatus.Refused) { Refusal = refused.Message };
        }
    }

    private async Task<CommandRows?> RunAsync(Command command, CancellationToken cancellation)
    {
        switch (command)
        {
            case CreateSnapshot create:
                SnapshotInfo made =
                    await snapshots.CreateAsync(create.Name, null, cancellation).ConfigureAwait(false);
                return ToRows([made]);
            case DropSnapshot drop:
                snapshots.Delete(drop.Name);
                return null;
            case ListSnapshots:
                return ToRows(snapshots.List());
            case BackUpDatabase backUp:
                return await UseTargetAsync(backUp.Target, SendAsync).ConfigureAwait(false);
            default:
                Invariant.Holds(command is ListBackups);
                return await UseTargetAsync(
                    ((ListBackups)command).Target,
                    ListAsync)
                    .ConfigureAwait(false);
        }

        async Task<CommandRows> ListAsync(IBackupTarget target) =>
            ToRows(await backups.ListAsync(target, cancellation).ConfigureAwait(false));

        async Task<CommandRows> SendAsync(IBackupTarget target)
        {
            BackupOutcome outcome = await backups
                .RunAsync(target, new BackupOrder(), static (_, _) => { }, cancellation)
                .ConfigureAwait(false);
            return ToRows([outcome.Manifest]);
        }
    }

    private async Task<CommandRows> UseTargetAsync(string text, Func<IBackupTarget, Task<CommandRows>> use)
    {
        if (openTarget is null)
        {
            throw new BackupException(
                BackupFault.TargetRefused, text, "statements cannot reach backups: no target is configured");
        }

        IBackupTarget target = openTarget(text);
        using IDisposable? owned = target as IDisposable;
        return await use(target).ConfigureAwait(false);
    }

    private CommandRows ToRows(IReadOnlyList<SnapshotInfo> found) => new(
        [
            new("snapshot", ResultType.String),
            new("until", ResultType.Timestamp),
            new("lsn", ResultType.Int64),
            new("segments", ResultType.Int64),
            new("size_bytes", ResultType.Int64),
            new("path", ResultType.String),
        ],
        [
            .. found.Select(item => new object[]
            {
                item.Name, item.CommitTimeNs, (long)item.Lsn, (long)item.SegmentCount, item.SizeBytes,
                snapshots.PathOf(item.Name),
            }),
        ]);

    private static CommandRows ToRows(IReadOnlyList<BackupManifest> found) => new(
        [
            new("backup", ResultType.String),
            new("until", ResultType.Timestamp),
            new("lsn", ResultType.Int64),
            new("files", ResultType.Int64),
            new("size_bytes", ResultType.Int64),
        ],
        [
            .. found.Select(static item => new object[]
            {
                item.Id, item.Snapshot.CommitTimeNs, (long)item.Snapshot.Lsn, (long)item.Entries.Count,
                item.SizeBytes,
            }),
        ]);
}
