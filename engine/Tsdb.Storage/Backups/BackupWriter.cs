using System.Globalization;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Backups;

/// <summary>Makes backups of snapshots.</summary>
/// <param name="store">Where to.</param>
/// <param name="clock">What the names of backups are made of.</param>
public sealed class BackupWriter(BackupStore store, TimeProvider clock)
{
    /// <summary>Sends a snapshot: what is not there yet, then the manifest. Interrupted, it goes on where it
    /// was when called again.</summary>
    /// <param name="snapshot">The snapshot's database; nobody changes it meanwhile.</param>
    /// <param name="onProgress">Called after each file.</param>
    /// <param name="cancellationToken">Gives up; there is no backup then.</param>
    /// <exception cref="IOException">The target or the device failed.</exception>
    public async Task<BackupManifest> WriteAsync(
        IStorageDevice snapshot, Action<BackupProgress> onProgress, CancellationToken cancellationToken)
    {
        IReadOnlyList<BackupManifest> earlier =
            await store.ListAsync(cancellationToken).ConfigureAwait(false);
        string id = NewId(earlier);
        List<(string Path, string Key)> files = BackupFiles.Of(snapshot, store.ObjectFolder, id);
        Dictionary<string, long> present = [];
        foreach (BackupObject item in
            await store.Target.ListAsync(store.ObjectFolder, cancellationToken).ConfigureAwait(false))
        {
            present.Add(item.Key, item.SizeBytes);
        }

        Dictionary<string, BackupEntry> known = [];
        foreach (BackupEntry entry in earlier.SelectMany(static manifest => manifest.Entries))
        {
            known[entry.Key] = entry;
        }

        List<BackupEntry> entries = [];
        long sentBytes = 0;
        foreach ((string path, string key) in files)
        {
#pragma warning disable CA2000 // Disposed by the using: the rule loses it at the await.
            using DeviceStream content = new(snapshot, path);
#pragma warning restore CA2000
            bool isPresent = present.TryGetValue(key, out long sizeBytes) && sizeBytes == content.Length;
            if (!isPresent || !known.TryGetValue(key, out BackupEntry? entry))
            {
                entry = await ObjectDigest.DescribeAsync(content, path, key, cancellationToken)
                    .ConfigureAwait(false);
            }

            if (!isPresent)
            {
                content.Position = 0;
                await store.Target.PutAsync(key, content, cancellationToken).ConfigureAwait(false);
                sentBytes += content.Length;
            }

            entries.Add(entry with { Path = path });
            onProgress(new BackupProgress(entries.Count, files.Count, sentBytes, path));
        }

        SnapshotInfo info = SnapshotInfo.Read(snapshot);
        BackupManifest manifest = new() { Id = id, Snapshot = info, Entries = entries };
        await store.AddManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    private string NewId(IReadOnlyList<BackupManifest> earlier)
    {
        string id = clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        string last = earlier.Count > 0 ? earlier[^1].Id : "";
        return string.CompareOrdinal(id, last) > 0 ? id : last + "a";
    }
}
