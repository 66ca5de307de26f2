using System.Diagnostics;
using Tsdb.Core;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>
/// Files that are ready to be written: their blocks exist and hold zeros or dead frames, so that a frame
/// costs a write and an fdatasync without metadata. Thread safe: a spare may be prepared beside the writer.
/// </summary>
internal sealed class WalSpares
{
    private const int ZeroBlockSizeBytes = 1 << 20;

    // 1 MiB of 64: some frames, where the device has no room for a whole file.
    private const int SmallFileDivisor = 64;
    private const int FileSizeBytesMin = 3 * WalFrame.UnitSizeBytes;

    private readonly IStorageDevice _device;
    private readonly WalOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<string> _paths = [];
    private long _nextNumber;

    private WalSpares(IStorageDevice device, WalOptions options)
    {
        _device = device;
        _options = options;
    }

    /// <summary>The highest file sequence that was found in a spare.</summary>
    public long HighestSequence { get; private set; }

    /// <summary>How many files are ready.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _paths.Count;
            }
        }
    }

    /// <summary>Finds the spares in the lane's directory; removes those of another size or too
    /// many.</summary>
    public static WalSpares Open(IStorageDevice device, WalOptions options)
    {
        var spares = new WalSpares(device, options);
        foreach (string name in device.List(options.Directory))
        {
            if (WalFileName.TryParseSpare(name, out long number))
            {
                spares._nextNumber = Math.Max(spares._nextNumber, number + 1);
                spares.Adopt($"{options.Directory}/{name}");
            }
        }

        return spares;
    }

    /// <summary>Makes a spare if there is none and the device has room for it. Takes as long as writing a
    /// file.</summary>
    public void Prepare()
    {
        if (Count == 0 && _options.SpareFileCountMax > 0 && HasRoomFor(_options.FileSizeBytes))
        {
            string path = Create(_options.FileSizeBytes);
            lock (_gate)
            {
                _paths.Enqueue(path);
            }
        }
    }

    /// <summary>Gives a file of at least that size, made now if none is ready; smaller than others where the
    /// device has no room for a whole one.</summary>
    public string Take(int sizeBytes)
    {
        if (sizeBytes <= _options.FileSizeBytes)
        {
            lock (_gate)
            {
                if (_paths.TryDequeue(out string? path))
                {
                    return path;
                }
            }
        }

        return CreateWhole(sizeBytes)
            ?? TryCreate(Math.Max(sizeBytes, GetSmallSizeBytes()))
            ?? Create(Math.Max(sizeBytes, FileSizeBytesMin));
    }

    /// <summary>Removes a file that failed before it was part of the log. While the device fails it may stay,
    /// and is found at the next start.</summary>
    public void Discard(string path)
    {
        try
        {
            _device.Delete(path);
        }
        catch (StorageDeviceException failure)
        {
            Trace.TraceWarning($"a log file that failed stays until the next start: {failure.Message}");
        }
    }

    /// <summary>Turns dead log files into spares, or removes them when there are enough.</summary>
    public void Recycle(IReadOnlyList<string> deadPaths)
    {
        var renamed = new List<string>();
        int room = _options.SpareFileCountMax - Count;
        foreach (string path in deadPaths)
        {
            if (renamed.Count < room && HasStandardSize(path))
            {
                string target = WalFileName.Spare(_options.Directory, TakeNumber());
                _device.Rename(path, target);
                renamed.Add(target);
            }
            else
            {
                _device.Delete(path);
            }
        }

        // Before a spare is overwritten its old name must be gone for good: a log file with another file's
        // header would look damaged.
        _device.SyncDirectory(_options.Directory);
        lock (_gate)
        {
            renamed.ForEach(_paths.Enqueue);
        }
    }

    private void Adopt(string path)
    {
        long sequence = 0;
        bool isStandard;
        using (IStorageFile file = _device.Open(path, FileOpenMode.Read))
        {
            Span<byte> block = stackalloc byte[WalFileHeader.PeekSizeBytes];
            isStandard = file.LengthBytes == _options.FileSizeBytes;
            if (file.Read(0, block) == block.Length)
            {
                sequence = WalFileHeader.PeekSequence(block);
            }
        }

        HighestSequence = Math.Max(HighestSequence, sequence);
        if (isStandard && _paths.Count < _options.SpareFileCountMax)
        {
            _paths.Enqueue(path);
        }
        else
        {
            _device.Delete(path);
        }
    }

    private bool HasStandardSize(string path)
    {
        using IStorageFile file = _device.Open(path, FileOpenMode.Read);
        return file.LengthBytes == _options.FileSizeBytes;
    }

    private long TakeNumber()
    {
        lock (_gate)
        {
            return _nextNumber++;
        }
    }

    private string? CreateWhole(int sizeBytes)
    {
        int wholeSizeBytes = Math.Max(sizeBytes, _options.FileSizeBytes);
        return HasRoomFor(wholeSizeBytes) ? TryCreate(wholeSizeBytes) : null;
    }

    /// <summary>Null where the device has no room for it.</summary>
    private string? TryCreate(int sizeBytes)
    {
        try
        {
            return Create(sizeBytes);
        }
        catch (StorageDeviceException full) when (full.IsOutOfSpace)
        {
            return null;
        }
    }

    private int GetSmallSizeBytes() =>
        Math.Max(FileSizeBytesMin, _options.FileSizeBytes / SmallFileDivisor) & -WalFrame.UnitSizeBytes;

    /// <summary>To be asked before: filling the device to its end would take the room of others.</summary>
    private bool HasRoomFor(int sizeBytes)
    {
        try
        {
            return _device.GetFreeSizeBytes() >= sizeBytes;
        }
        catch (StorageDeviceException)
        {
            // Where the device does not tell, the file is tried.
            return true;
        }
    }

    private string Create(int sizeBytes)
    {
        Invariant.Holds(sizeBytes % WalFrame.UnitSizeBytes == 0);
        string path = WalFileName.Spare(_options.Directory, TakeNumber());
        try
        {
            Fill(path, sizeBytes);
            return path;
        }
        catch (StorageDeviceException)
        {
            // Half a spare is none, and may hold the last free room.
            Discard(path);
            throw;
        }
    }

    private void Fill(string path, int sizeBytes)
    {
        byte[] zeros = new byte[Math.Min(sizeBytes, ZeroBlockSizeBytes)];
        using IStorageFile file = _device.Open(path, FileOpenMode.CreateNew);
        for (int offset = 0; offset < sizeBytes; offset += zeros.Length)
        {
            file.Write(offset, zeros.AsSpan(0, Math.Min(zeros.Length, sizeBytes - offset)));
        }

        file.SyncData();
    }
}
