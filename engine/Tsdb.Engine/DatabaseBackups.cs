using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Engine;

/// <summary>Makes backups of one open database. Thread safe; one at a time is made.</summary>
public sealed class DatabaseBackups : IDisposable
{
    private readonly DatabaseSnapshots _snapshots;
    private readonly string _database;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turn = new(1);

    internal DatabaseBackups(DatabaseSnapshots snapshots, string database, TimeProvider clock)
    {
        _snapshots = snapshots;
        _database = database;
        _clock = clock;
    }

    /// <summary>Told of each backup the last LSN that it holds; null when nobody wants to know.</summary>
    internal Action<ulong>? OnBackedUp { get; init; }

    /// <summary>
    /// Sends all that was acknowledged before the call; writes go on meanwhile. One that was interrupted goes
    /// on from what the target has.
    /// </summary>
    /// <param name="target">Where to. Stays the caller's.</param>
    /// <param name="order">How.</param>
    /// <param name="onProgress">Called at the start of each phase and after each file.</param>
    /// <param name="cancellationToken">Gives up; there is no new backup on the target then.</param>
    /// <exception cref="BackupException">Another backup is under way, a file of the database is damaged, or
    /// what the target gave back is not what was sent; then nothing old was removed.</exception>
    /// <exception cref="IOException">The target or the device failed.</exception>
    public async Task<BackupOutcome> RunAsync(
        IBackupTarget target,
        BackupOrder order,
        Action<BackupPhase, BackupProgress> onProgress,
        CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            throw new BackupException(
                BackupFault.Busy, _database, $"a backup of '{_database}' is under way already");
        }

        try
        {
            BackupStore store = new(target, _database);
            (BackupManifest manifest, long sentSizeBytes) =
                await SendAsync(store, onProgress, cancellationToken).ConfigureAwait(false);
            if (order.Verifies)
            {
                await VerifyAsync(store, manifest, onProgress, cancellationToken).ConfigureAwait(false);
            }

            OnBackedUp?.Invoke(manifest.Snapshot.Lsn);
            int removedCount = 0;
            if (order.KeepCount is { } keepCount)
            {
                onProgress(BackupPhase.Prune, default);
                removedCount = await PruneAsync(store, keepCount, cancellationToken).ConfigureAwait(false);
            }

            return new BackupOutcome(manifest, sentSizeBytes, removedCount);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The backups of this database on a target, oldest first.</summary>
    /// <exception cref="BackupException">A manifest is damaged.</exception>
    public Task<IReadOnlyList<BackupManifest>> ListAsync(
        IBackupTarget target, CancellationToken cancellationToken) =>
        new BackupStore(target, _database).ListAsync(cancellationToken);

    /// <summary>Gives back what it holds of the system.</summary>
    public void Dispose() => _turn.Dispose();

    /// <summary>Removes old backups, and the archived log that only they needed.</summary>
    private static async Task<int> PruneAsync(
        BackupStore store, int keepCount, CancellationToken cancellation)
    {
        IReadOnlyList<BackupManifest> all = await store.ListAsync(cancellation).ConfigureAwait(false);
        (int removedCount, _) = await store.PruneAsync(keepCount, cancellation).ConfigureAwait(false);
        BackupManifest[] kept = [.. all.Skip(removedCount)];
        await new ArchivePruning(store)
            .RunAsync([.. all.Take(removedCount)], kept, cancellation)
            .ConfigureAwait(false);
        return removedCount;
    }

    private async Task<(BackupManifest Manifest, long SentSizeBytes)> SendAsync(
        BackupStore store, Action<BackupPhase, BackupProgress> onProgress, CancellationToken cancellation)
    {
        onProgress(BackupPhase.Snapshot, default);
        try
        {
            string path = await _snapshots.CreateWorkingAsync(cancellation).ConfigureAwait(false);
            using LocalStorageDevice snapshot = LocalStorageDevice.OpenShared(path);
            long sentSizeBytes = 0;
            BackupManifest manifest = await new BackupWriter(store, _clock)
                .WriteAsync(snapshot, Report, cancellation)
                .ConfigureAwait(false);
            return (manifest, sentSizeBytes);

            void Report(BackupProgress progress)
            {
                sentSizeBytes = progress.MovedSizeBytes;
                onProgress(BackupPhase.Send, progress);
            }
        }
        finally
        {
            _snapshots.DeleteWorking();
        }
    }

    private static async Task VerifyAsync(
        BackupStore store,
        BackupManifest manifest,
        Action<BackupPhase, BackupProgress> onProgress,
        CancellationToken cancellation)
    {
        List<BackupException> damages = [];
        await store
            .VerifyAsync(
                manifest,
                damages.Add,
                progress => onProgress(BackupPhase.Verify, progress),
                cancellation)
            .ConfigureAwait(false);
        if (damages is [BackupException first, ..])
        {
            throw new BackupException(
                first.Fault,
                first.Place,
                $"backup {manifest.Id} was sent, but {damages.Count} of its objects cannot be read back as "
                + $"they were sent: {first.Message}",
                first);
        }
    }
}
