using System.Runtime.InteropServices;

namespace Tsdb.Storage.Backups;

/// <summary>
/// The backups of one database on a target. A segment never changes, so one that is there by its identity is
/// not sent again; the manifest of a backup comes last. One writer at a time.
/// </summary>
/// <param name="target">Where they are.</param>
/// <param name="database">The database's name: the folder on the target.</param>
public sealed class BackupStore(IBackupTarget target, string database)
{
    internal const string ManifestSuffix = ".json";

    internal IBackupTarget Target => target;

    internal string ManifestFolder => $"{database}/backups";

    internal string Database => database;

    internal string ArchiveFolder => $"{database}/archive";

    internal string ObjectFolder => $"{database}/objects";

    /// <summary>The backups, oldest first.</summary>
    /// <exception cref="BackupException">A manifest is damaged.</exception>
    public async Task<IReadOnlyList<BackupManifest>> ListAsync(CancellationToken cancellationToken)
    {
        List<BackupManifest> found = [];
        foreach (BackupObject item in
            await target.ListAsync(ManifestFolder, cancellationToken).ConfigureAwait(false))
        {
            if (item.Key.EndsWith(ManifestSuffix, StringComparison.Ordinal))
            {
                byte[] bytes = await ReadAsync(item.Key, cancellationToken).ConfigureAwait(false);
                found.Add(BackupManifest.Parse(item.Key, bytes));
            }
        }

        return found;
    }

    /// <summary>Reads every object of a backup and compares size and checksums.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="onDamage">Called for each object that is missing or damaged.</param>
    /// <param name="onProgress">Called after each object.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many objects are missing or damaged.</returns>
    public async Task<int> VerifyAsync(
        BackupManifest backup,
        Action<BackupException> onDamage,
        Action<BackupProgress> onProgress,
        CancellationToken cancellationToken)
    {
        int damageCount = 0;
        int doneCount = 0;
        long readBytes = 0;
        foreach (BackupEntry entry in backup.Entries)
        {
            try
            {
                await ReadAsync(entry, null, cancellationToken).ConfigureAwait(false);
            }
            catch (BackupException damage)
            {
                damageCount++;
                onDamage(damage);
            }

            readBytes += entry.SizeBytes;
            onProgress(new BackupProgress(++doneCount, backup.Entries.Count, readBytes, entry.Path));
        }

        return damageCount;
    }

    /// <summary>Removes all but the newest backups, then the objects that no backup names any more.</summary>
    /// <param name="keepCount">How many stay, at least 1.</param>
    /// <param name="cancellationToken">Gives up; every backup that is there is whole all the same.</param>
    /// <returns>How many backups and objects were removed.</returns>
    public async Task<(int BackupCount, int ObjectCount)> PruneAsync(
        int keepCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepCount, 1);
        IReadOnlyList<BackupManifest> all = await ListAsync(cancellationToken).ConfigureAwait(false);
        int removedCount = Math.Max(0, all.Count - keepCount);
        foreach (BackupManifest old in all.Take(removedCount))
        {
            await target.DeleteAsync($"{ManifestFolder}/{old.Id}{ManifestSuffix}", cancellationToken)
                .ConfigureAwait(false);
        }

        HashSet<string> named =
        [
            .. all.Skip(removedCount)
                .SelectMany(static kept => kept.Entries).Select(static entry => entry.Key),
        ];
        int objectCount = 0;
        foreach (BackupObject item in
            await target.ListAsync(ObjectFolder, cancellationToken).ConfigureAwait(false))
        {
            if (!named.Contains(item.Key))
            {
                await target.DeleteAsync(item.Key, cancellationToken).ConfigureAwait(false);
                objectCount++;
            }
        }

        return (removedCount, objectCount);
    }

    /// <summary>Makes what was sent a backup.</summary>
    /// <exception cref="BackupException">Another backup has the name: somebody else writes here
    /// too.</exception>
    internal Task AddManifestAsync(BackupManifest manifest, CancellationToken cancellation) => AddAsync(
        $"{ManifestFolder}/{manifest.Id}{ManifestSuffix}", manifest.ToBytes(), cancellation);

    /// <summary>Stores a small object that is never changed.</summary>
    /// <exception cref="BackupException">Another one is there under the key.</exception>
    internal async Task AddAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        using MemoryStream content = MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(bytes.ToArray());
        if (await target.TryAddAsync(key, content, cancellation).ConfigureAwait(false))
        {
            return;
        }

        // An answer that was lost on its way has the call made again: then what is there is ours.
        byte[] present = await ReadAsync(key, cancellation).ConfigureAwait(false);
        if (!present.AsSpan().SequenceEqual(bytes.Span))
        {
            throw new BackupException(
                BackupFault.Busy,
                key,
                $"{key} is there already: two senders to {target.Description} at a time");
        }
    }

    /// <summary>Reads an object to its end and verifies it.</summary>
    /// <exception cref="BackupException">It is missing or damaged.</exception>
    internal async Task ReadAsync(
        BackupEntry entry, Action<long, ReadOnlyMemory<byte>>? onBlock, CancellationToken cancellation)
    {
        Stream? content = await target.OpenAsync(entry.Key, cancellation).ConfigureAwait(false);
        if (content is null)
        {
            throw new BackupException(
                BackupFault.ObjectMissing, entry.Key, $"{entry.Key} is missing from {target.Description}");
        }

        await using (content.ConfigureAwait(false))
        {
            ObjectDigest digest =
                await ObjectDigest.ReadAsync(content, onBlock, cancellation).ConfigureAwait(false);
            digest.Verify(entry);
        }
    }

    /// <summary>Reads an object whole.</summary>
    /// <exception cref="BackupException">It is missing.</exception>
    internal async Task<byte[]> ReadAsync(string key, CancellationToken cancellation) =>
        await TryReadAsync(key, cancellation).ConfigureAwait(false)
            ?? throw new BackupException(
                BackupFault.ObjectMissing, key, $"{key} is missing from {target.Description}");

    /// <summary>Reads an object whole; null when there is none.</summary>
    internal async Task<byte[]?> TryReadAsync(string key, CancellationToken cancellation)
    {
        Stream? content = await target.OpenAsync(key, cancellation).ConfigureAwait(false);
        if (content is null)
        {
            return null;
        }

        await using (content.ConfigureAwait(false))
        {
            using MemoryStream bytes = new();
            await content.CopyToAsync(bytes, cancellation).ConfigureAwait(false);
            return bytes.ToArray();
        }
    }
}
