using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;

namespace Tsdb.Storage.Backups;

/// <summary>
/// Makes a database of a backup in an empty directory. The result has an identity of its own, so that what it
/// logs and archives from now on is never taken for the original's. While a restore is under way, or after it
/// was interrupted, a mark keeps the directory from being opened; a restore called again begins anew.
/// </summary>
/// <param name="store">The backups.</param>
public sealed class DatabaseRestore(BackupStore store)
{
    /// <summary>Restores and checks.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="target">An empty directory, or one where a restore was interrupted.</param>
    /// <param name="onProgress">Called after each file.</param>
    /// <param name="cancellationToken">Gives up; the directory cannot be opened then.</param>
    /// <returns>What the check of the result read; nothing in it is damaged.</returns>
    /// <exception cref="BackupException">The directory is not empty, an object is missing or damaged, or the
    /// result is.</exception>
    public Task<StorageCheckResult> RunAsync(
        BackupManifest backup,
        IStorageDevice target,
        Action<BackupProgress> onProgress,
        CancellationToken cancellationToken) =>
        RunAsync(backup, target, onProgress, static state => Task.FromResult(state), cancellationToken);

    /// <summary>As the other; before the manifest is written, more is done to what was restored.</summary>
    internal async Task<StorageCheckResult> RunAsync(
        BackupManifest backup,
        IStorageDevice target,
        Action<BackupProgress> onProgress,
        Func<ManifestState, Task<ManifestState>> complete,
        CancellationToken cancellationToken)
    {
        Prepare(target);
        int doneCount = 0;
        long readBytes = 0;
        HashSet<string> directories = ["", SegmentNames.Directory];

        // A database has it, with or without segments.
        target.CreateDirectory(SegmentNames.Directory);
        foreach (BackupEntry entry in backup.Entries)
        {
            CreateParent(target, entry.Path, directories);
            using (IStorageFile file = target.Open(entry.Path, FileOpenMode.CreateNew))
            {
                await store
                    .ReadAsync(entry, (offset, block) => file.Write(offset, block.Span), cancellationToken)
                    .ConfigureAwait(false);
                file.SyncData();
            }

            readBytes += entry.SizeBytes;
            onProgress(new BackupProgress(++doneCount, backup.Entries.Count, readBytes, entry.Path));
        }

        foreach (string directory in directories)
        {
            target.SyncDirectory(directory);
        }

        (ManifestState state, _) = ManifestReader.Read(target);
        state = state with
        {
            DatabaseUuid = Guid.NewGuid(),
            KnownDurableLsn = state.FlushedLsnOfAllShards,
        };
        state = await complete(state).ConfigureAwait(false);
        DeviceTree.Delete(target, ManifestPaths.Directory);
        Manifest.CreateFrom(target, state).Dispose();
        StorageCheckResult result = Check(target, cancellationToken);
        target.Delete(ManifestPaths.RestoreMark);
        target.SyncDirectory("");
        return result;
    }

    private static void Prepare(IStorageDevice target)
    {
        string[] found =
            [.. target.List("").Where(static name => name != LocalStorageDevice.LockFileName)];
        if (found.Length > 0 && !found.Contains(ManifestPaths.RestoreMark))
        {
            throw new BackupException(
                BackupFault.TargetNotEmpty,
                found[0],
                $"the directory to restore to is not empty: it has '{found[0]}'; nothing was changed");
        }

        if (found.Length == 0)
        {
            target.Open(ManifestPaths.RestoreMark, FileOpenMode.CreateNew).Dispose();
            target.SyncDirectory("");
        }

        foreach (string name in found.Where(static name => name != ManifestPaths.RestoreMark))
        {
            if (target.IsDirectory(name))
            {
                DeviceTree.Delete(target, name);
            }
            else
            {
                target.Delete(name);
            }
        }
    }

    /// <summary>The paths come from outside: only names of the database's own kind are made.</summary>
    private static void CreateParent(IStorageDevice target, string path, HashSet<string> directories)
    {
        string[] parts = path.Split('/');
        if (parts.Length > 2 || path == ManifestPaths.RestoreMark
            || parts.Any(static part => part is "" or "." or ".."))
        {
            throw new BackupException(
                BackupFault.ObjectDamaged,
                path,
                $"the backup names '{path}', which is no file of a database");
        }

        if (parts.Length == 2 && directories.Add(parts[0]))
        {
            target.CreateDirectory(parts[0]);
        }
    }

    private static StorageCheckResult Check(IStorageDevice target, CancellationToken cancellation)
    {
        List<string> damages = [];
        StorageCheckResult result = StorageCheck.Run(target, damages.Add, cancellation);
        return result.DamageCount == 0
            ? result
            : throw new BackupException(
                BackupFault.ResultDamaged, damages[0], $"what was restored is damaged: {damages[0]}");
    }
}
