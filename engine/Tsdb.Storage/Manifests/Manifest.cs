using Tsdb.Core;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Manifests;

/// <summary>
/// The only root of a database: what is in no commit of it is garbage. An append-only log of edits, begun
/// anew from a checkpoint at every start and when it has grown. Commits are serialized here;
/// <see cref="Current"/> may be read by any thread.
/// </summary>
internal sealed class Manifest : IDisposable
{
    private const long LogSizeBytesMax = 1 << 20;

    private readonly IStorageDevice _device;
    private readonly Lock _gate = new();
    private volatile ManifestState _current;
    private Superblock _superblock;
    private IStorageFile? _log;
    private long _position;
    private long _checkpointAtBytes;
    private uint _previousCrc;
    private StorageDeviceException? _failure;

    private Manifest(IStorageDevice device, ManifestState state, Superblock superblock)
    {
        _device = device;
        _current = state;
        _superblock = superblock;
    }

    /// <summary>The state after the last commit.</summary>
    public ManifestState Current => _current;

    /// <summary>Whether a database was made here. One whose making was cut short was not.</summary>
    public static bool Exists(IStorageDevice device) => device.Exists(ManifestPaths.Superblock);

    /// <summary>Makes the manifest of a new, empty database; durable when this returns.</summary>
    /// <exception cref="StorageDeviceException">The device failed; there is still no database.</exception>
    public static Manifest CreateNew(IStorageDevice device, Guid databaseUuid, int shardCount)
    {
        Invariant.Holds(shardCount > 0);
        ThrowIfRestoring(device);
        ManifestState state = ManifestState.CreateNew(databaseUuid, shardCount);
        return CreateFrom(device, state with { CommitNumber = 1 });
    }

    /// <summary>Makes the manifest of a new database that has what the state says; durable when this
    /// returns.</summary>
    /// <exception cref="StorageDeviceException">The device failed; there is still no database.</exception>
    public static Manifest CreateFrom(IStorageDevice device, ManifestState state)
    {
        Invariant.Holds(!Exists(device));
        device.CreateDirectory(ManifestPaths.Directory);
        device.SyncDirectory("");
        var manifest = new Manifest(device, state, new Superblock(state.DatabaseUuid, 0, 0, 0));
        manifest.Checkpoint(state);
        return manifest;
    }

    /// <summary>Reads the manifest and begins a new log, so that what a torn commit left behind cannot
    /// matter.</summary>
    /// <exception cref="ManifestCorruptException">It is damaged.</exception>
    /// <exception cref="ManifestUnsupportedException">A newer version wrote it.</exception>
    /// <exception cref="StorageDeviceException">The device failed; nothing has changed.</exception>
    public static Manifest Open(IStorageDevice device)
    {
        ThrowIfRestoring(device);
        (ManifestState state, Superblock superblock) = ManifestReader.Read(device);
        var manifest = new Manifest(device, state, superblock);
        manifest.Checkpoint(state);
        return manifest;
    }

    /// <summary>Makes the edits durable, all or none, and then the current state.</summary>
    /// <returns>The state after the commit.</returns>
    /// <exception cref="ManifestFailedException">The device failed twice. The edits are not made; the next
    /// commit begins a new log without them, or fails likewise.</exception>
    public ManifestState Commit(ManifestEdit edit)
    {
        lock (_gate)
        {
            ManifestState state = _current;
            if (_failure is not null)
            {
                _failure = null;
                BeginLogOrFail(state);
                ThrowIfFailed();
            }

            string path = ManifestPaths.Log(_superblock.LogNumber);
            string flaw = ManifestReplay.TryApply(
                state, state.CommitNumber + 1, edit.Body, path, out ManifestState next);
            Invariant.Holds(flaw.Length == 0, flaw);
            if (!TryAppend(next, edit.Body))
            {
                BeginLogOrFail(next);
                ThrowIfFailed();
            }

            _current = next;
            if (_position > _checkpointAtBytes)
            {
                // The commit is durable in the old log: a failure now is the next commit's.
                BeginLogOrFail(next);
            }

            return next;
        }
    }

    /// <summary>Closes the log.</summary>
    public void Dispose() => _log?.Dispose();

    private static void ThrowIfRestoring(IStorageDevice device)
    {
        if (device.Exists(ManifestPaths.RestoreMark))
        {
            throw new ManifestCorruptException(
                ManifestPaths.RestoreMark,
                0,
                "a whole database",
                "one whose restore was interrupted: restore again, or remove the directory");
        }
    }

    private bool TryAppend(ManifestState next, ReadOnlySpan<byte> body)
    {
        byte[] record =
            ManifestRecord.Write(next.CommitNumber, next.DatabaseUuid, _previousCrc, body, out uint crc);
        try
        {
            _log!.Write(_position, record);
            _log.SyncData();
        }
        catch (StorageDeviceException)
        {
            // Not swallowed: the log is given up, and the caller writes the state to a new one or fails.
            return false;
        }

        _position += record.Length;
        _previousCrc = crc;
        return true;
    }

    private void BeginLogOrFail(ManifestState state)
    {
        try
        {
            Checkpoint(state);
        }
        catch (StorageDeviceException failure)
        {
            _failure = failure;
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new ManifestFailedException(failure);
        }
    }

    // New log, durable; then the superblock names it; then all other logs go.
    private void Checkpoint(ManifestState state)
    {
        long number = FindLastLogNumber() + 1;
        string path = ManifestPaths.Log(number);
        _log?.Dispose();
        _log = _device.Open(path, FileOpenMode.CreateNew);
        byte[] record = ManifestRecord.Write(
            state.CommitNumber, state.DatabaseUuid, 0, ManifestEdit.Checkpoint(state).Body, out _previousCrc);
        _log.Write(0, record);
        _log.SyncData();
        _device.SyncDirectory(ManifestPaths.Directory);
        _position = record.Length;
        _checkpointAtBytes = Math.Max(LogSizeBytesMax, 4L * record.Length);
        _superblock =
            new Superblock(state.DatabaseUuid, _superblock.Generation + 1, number, state.CommitNumber);
        WriteSuperblock();
        RemoveOtherLogs(number);
    }

    private void WriteSuperblock()
    {
        byte[] slot = _superblock.Write();
        if (_device.Exists(ManifestPaths.Superblock))
        {
            using IStorageFile file = _device.Open(ManifestPaths.Superblock, FileOpenMode.ReadWrite);
            for (int i = 0; i < Superblock.SlotCount; i++)
            {
                file.Write(i * Superblock.SlotSizeBytes, slot);
                file.SyncData();
            }

            return;
        }

        // The first one gets its name when it is whole: from then on the database exists.
        _device.Delete(ManifestPaths.NewSuperblock);
        using (IStorageFile file = _device.Open(ManifestPaths.NewSuperblock, FileOpenMode.CreateNew))
        {
            file.Write(0, slot);
            file.Write(Superblock.SlotSizeBytes, slot);
            file.SyncData();
        }

        _device.Rename(ManifestPaths.NewSuperblock, ManifestPaths.Superblock);
        _device.SyncDirectory(ManifestPaths.Directory);
    }

    private long FindLastLogNumber()
    {
        long last = 0;
        foreach (string name in _device.List(ManifestPaths.Directory))
        {
            if (ManifestPaths.TryParseLog(name, out long number))
            {
                last = Math.Max(last, number);
            }
        }

        return last;
    }

    private void RemoveOtherLogs(long keptNumber)
    {
        foreach (string name in _device.List(ManifestPaths.Directory))
        {
            if (ManifestPaths.TryParseLog(name, out long number) && number != keptNumber)
            {
                _device.Delete(ManifestPaths.Log(number));
            }
        }
    }
}
