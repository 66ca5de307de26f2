namespace Tsdb.Storage.Devices;

/// <summary>Counts what is written to a device, by what it is for.</summary>
internal sealed class CountingStorageDevice(IStorageDevice device) : IStorageDevice
{
    private readonly long[] _writtenSizeBytes = new long[(int)DeviceArea.Other + 1];

    /// <summary>The device itself.</summary>
    public IStorageDevice Inner => device;

    /// <summary>Bytes written so far.</summary>
    public long GetWrittenSizeBytes(DeviceArea area) => Volatile.Read(ref _writtenSizeBytes[(int)area]);

    public IStorageFile Open(string path, FileOpenMode mode)
    {
        IStorageFile file = device.Open(path, mode);
        return mode == FileOpenMode.Read ? file : new CountedFile(this, file, AreaOf(path));
    }

    public bool Exists(string path) => device.Exists(path);

    public bool IsDirectory(string path) => device.IsDirectory(path);

    public IReadOnlyList<string> List(string directory) => device.List(directory);

    public void CreateDirectory(string path) => device.CreateDirectory(path);

    public void Rename(string source, string target) => device.Rename(source, target);

    public void Link(string source, string target) => device.Link(source, target);

    public void Delete(string path) => device.Delete(path);

    public void DeleteDirectory(string path) => device.DeleteDirectory(path);

    public void SyncDirectory(string path) => device.SyncDirectory(path);

    public long GetFreeSizeBytes() => device.GetFreeSizeBytes();

    public long GetTotalSizeBytes() => device.GetTotalSizeBytes();

    /// <summary>Called on the writer's thread when a write finds no room, before it fails.</summary>
    public Action? RanOutOfSpace { get; set; }

    private static DeviceArea AreaOf(string path)
    {
        if (path.StartsWith("wal/", StringComparison.Ordinal))
        {
            return path.StartsWith("wal/spare-", StringComparison.Ordinal)
                ? DeviceArea.WalSpares
                : DeviceArea.Wal;
        }

        return path.StartsWith("segments/", StringComparison.Ordinal)
            ? DeviceArea.Segments
            : DeviceArea.Other;
    }

    private sealed class CountedFile(CountingStorageDevice owner, IStorageFile file, DeviceArea area)
        : IStorageFile
    {
        public string Path => file.Path;

        public long LengthBytes => file.LengthBytes;

        public int Read(long offsetBytes, Span<byte> buffer) => file.Read(offsetBytes, buffer);

        public void Write(long offsetBytes, ReadOnlySpan<byte> bytes)
        {
            try
            {
                file.Write(offsetBytes, bytes);
            }
            catch (StorageDeviceException failure) when (failure.IsOutOfSpace)
            {
                owner.RanOutOfSpace?.Invoke();
                throw;
            }

            Interlocked.Add(ref owner._writtenSizeBytes[(int)area], bytes.Length);
        }

        public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

        public void SyncData()
        {
            try
            {
                file.SyncData();
            }
            catch (StorageDeviceException failure) when (failure.IsOutOfSpace)
            {
                // Some file systems look for room only now.
                owner.RanOutOfSpace?.Invoke();
                throw;
            }
        }

        public void Dispose() => file.Dispose();
    }
}
