using System.Buffers;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Backups;

/// <summary>
/// A directory as a target. An object is written under another name, synced, and then renamed, so that a
/// killed process leaves no half one.
/// </summary>
/// <param name="device">The directory. Stays the caller's.</param>
/// <param name="description">What to call it in messages.</param>
public sealed class FolderTarget(IStorageDevice device, string description) : IBackupTarget
{
    private const int BlockSizeBytes = 1 << 20;
    private const string UnfinishedSuffix = ".part";

    /// <inheritdoc/>
    public string Description { get; } = description;

    /// <inheritdoc/>
    public async Task PutAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        string folder = key[..Math.Max(0, key.LastIndexOf('/'))];
        if (folder.Length > 0 && !device.IsDirectory(folder))
        {
            SubdirectoryDevice.Create(device, folder);
        }

        string unfinished = key + UnfinishedSuffix;
        device.Delete(unfinished);
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSizeBytes);
        try
        {
            using IStorageFile file = device.Open(unfinished, FileOpenMode.CreateNew);
            long offset = 0;
            int sizeBytes;
            while ((sizeBytes = await content.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
            {
                file.Write(offset, block.AsSpan(0, sizeBytes));
                offset += sizeBytes;
            }

            file.SyncData();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        device.Rename(unfinished, key);
        device.SyncDirectory(folder);
    }

    /// <inheritdoc/>
    public async Task<bool> TryAddAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        if (device.Exists(key))
        {
            return false;
        }

        await PutAsync(key, content, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) =>
        Task.FromResult<Stream?>(
            device.Exists(key) ? new DeviceStream(device, key) : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackupObject>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        List<BackupObject> found = [];
        if (device.IsDirectory(folder))
        {
            List(folder, found);
        }

        found.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return Task.FromResult<IReadOnlyList<BackupObject>>(found);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        device.Delete(key);
        return Task.CompletedTask;
    }

    private void List(string folder, List<BackupObject> found)
    {
        foreach (string name in device.List(folder))
        {
            string path = $"{folder}/{name}";
            if (device.IsDirectory(path))
            {
                List(path, found);
            }
            else if (!name.EndsWith(UnfinishedSuffix, StringComparison.Ordinal))
            {
                using IStorageFile file = device.Open(path, FileOpenMode.Read);
                found.Add(new BackupObject(path, file.LengthBytes));
            }
        }
    }
}
