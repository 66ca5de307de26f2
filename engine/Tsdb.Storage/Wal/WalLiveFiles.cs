using Tsdb.Core;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>The log files of one lane: the one being written, the ones before it, and the spares.</summary>
internal sealed class WalLiveFiles : IDisposable
{
    private readonly IStorageDevice _device;
    private readonly WalOptions _options;
    private readonly WalSpares _spares;
    private readonly List<LiveFile> _files = [];
    private readonly WalHeldFiles _held = new();
    private ulong _archivedLsn;
    private IStorageFile? _current;
    private LiveFile _begun;
    private string _begunPath = "";
    private bool _isPublished;
    private long _position;

    /// <summary>Takes over the files that a replay found.</summary>
    public WalLiveFiles(IStorageDevice device, WalOptions options, IReadOnlyList<WalLogFile> found)
    {
        _device = device;
        _options = options;
        _spares = WalSpares.Open(device, options);
        ulong nextFirstLsn = ulong.MaxValue;
        foreach (WalLogFile file in found.Reverse())
        {
            // A file without a readable header holds nothing that is of use: it counts as void.
            nextFirstLsn = file.FirstLsn == 0 ? nextFirstLsn : file.FirstLsn;
            using IStorageFile handle = device.Open(file.Path, FileOpenMode.Read);
            _files.Insert(0, new LiveFile(file with { FirstLsn = nextFirstLsn }, handle.LengthBytes));
            LiveSizeBytes += handle.LengthBytes;
        }

        _begun = _files.Count > 0 ? _files[^1] : default;
    }

    public long LiveSizeBytes { get; private set; }

    /// <summary>Size of the files that wait for the archive only.</summary>
    public long HeldSizeBytes => _held.SizeBytes;

    /// <summary>All files with frames, oldest first.</summary>
    public IReadOnlyList<WalLogFile> Logs => [.. _held.Logs, .. _files.Select(static file => file.Log)];

    public long CurrentSequence => _begun.Log.Sequence;

    public string CurrentPath => _isPublished ? _begun.Log.Path : _begunPath;

    /// <summary>Whether it is time to make the next file ready.</summary>
    public bool IsHalfFull => _position >= _begun.SizeBytes / 2;

    public bool HasRoom(int sizeBytes) => _position + sizeBytes <= _begun.SizeBytes;

    /// <summary>Takes a spare and writes the header of the next file. It has no name in the log
    /// yet.</summary>
    public void Begin(WalNewFile start)
    {
        // Above every sequence that is anywhere in the lane, so that no stale frame has it.
        long sequence = Math.Max(CurrentSequence, _spares.HighestSequence) + 1;
        string path = WalFileName.Log(_options.Directory, sequence);
        DiscardUnpublished();
        _isPublished = false;
        _begunPath = _spares.Take(checked(WalFileHeader.SizeBytes + start.FramesSizeBytes));
        _current?.Dispose();
        _current = _device.Open(_begunPath, FileOpenMode.ReadWrite);
        var log = new WalLogFile(sequence, path, start.FirstLsn, IsDamaged: false);
        _begun = new LiveFile(log, _current.LengthBytes);
        byte[] header = new byte[WalFileHeader.SizeBytes];
        new WalFileHeader(sequence, start.FirstLsn, start.PreviousCrc32C, start.CommitFloorNs)
            .Write(header, _options);
        _current.Write(0, header);
        _position = WalFileHeader.SizeBytes;
    }

    /// <summary>Makes what was begun durable, then gives it its name, durably.</summary>
    public void Publish()
    {
        Invariant.Holds(_current is not null);
        Invariant.Holds(!_isPublished);
        _current.SyncData();
        _device.Rename(_begunPath, _begun.Log.Path);

        // It has its name, even if what follows fails: then it is set aside like any file that failed.
        _begunPath = "";
        _files.Add(_begun);
        LiveSizeBytes += _begun.SizeBytes;
        _isPublished = true;
        _device.SyncDirectory(_options.Directory);
        _current.Dispose();
        _current = _device.Open(_begun.Log.Path, FileOpenMode.ReadWrite);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _current!.Write(_position, bytes);
        _position += bytes.Length;
    }

    public void SyncCurrent() => _current!.SyncData();

    /// <summary>Marks the file being written as one that must never be reused.</summary>
    public void SetCurrentAside()
    {
        if (_isPublished)
        {
            _files[^1] = _begun with { Log = _begun.Log with { IsDamaged = true } };
        }
    }

    public void PrepareSpare() => _spares.Prepare();

    /// <summary>Lets go of the files whose frames are all flushed, and of those that are void; those that the
    /// archive lacks are kept for it.</summary>
    /// <returns>The last LSN that was given up although the archive lacks it; 0 when none was.</returns>
    public ulong Truncate(ulong flushedLsn)
    {
        List<WalLogFile> dead = [];
        ulong nextFirstLsn = _files.Count > 0 ? _files[^1].Log.FirstLsn : 0;
        for (int i = _files.Count - 2; i >= 0; i--)
        {
            LiveFile file = _files[i];
            ulong endLsn = nextFirstLsn;
            nextFirstLsn = file.Log.FirstLsn;
            if (endLsn > flushedLsn + 1 && endLsn > file.Log.FirstLsn)
            {
                continue;
            }

            bool isArchived = endLsn == file.Log.FirstLsn || endLsn <= _archivedLsn + 1;
            if (_options.HeldSizeBytesMax is not null && !isArchived)
            {
                _held.Add(file.Log, file.SizeBytes, endLsn);
            }
            else
            {
                dead.Add(file.Log);
            }

            LiveSizeBytes -= file.SizeBytes;
            _files.RemoveAt(i);
        }

        dead.AddRange(_held.TakeAbove(_options.HeldSizeBytesMax ?? 0, out ulong givenUpLsn));
        Release(dead);
        return givenUpLsn;
    }

    /// <summary>Lets go of files that were kept for the archive, which has them now.</summary>
    public void NoteArchived(ulong lsn)
    {
        _archivedLsn = lsn;
        Release(_held.TakeUpTo(lsn));
    }

    public void Dispose() => _current?.Dispose();

    private void Release(List<WalLogFile> dead)
    {
        if (dead.Count == 0)
        {
            return;
        }

        foreach (WalLogFile log in dead.Where(static log => log.IsDamaged))
        {
            _device.Rename(log.Path, WalFileName.SetAside(_options.Directory, log.Sequence));
        }

        _spares.Recycle([.. dead.Where(static log => !log.IsDamaged).Select(static log => log.Path)]);
    }

    // A file that was begun and failed is no spare any more: its pages may be lost.
    private void DiscardUnpublished()
    {
        if (!_isPublished && _begunPath.Length > 0)
        {
            _spares.Discard(_begunPath);
            _begunPath = "";
        }
    }

    private readonly record struct LiveFile(WalLogFile Log, long SizeBytes);
}
