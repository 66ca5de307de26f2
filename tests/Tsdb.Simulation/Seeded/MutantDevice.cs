using Tsdb.Storage.Devices;

namespace Tsdb.Simulation.Seeded;

/// <summary>A device that does not do what it says it has done.</summary>
internal sealed class MutantDevice(IStorageDevice device, Mutation mutation) : IStorageDevice
{
    private const int DropEvery = 8;

    private int _logWriteCount;

    public IStorageFile Open(string path, FileOpenMode mode) => new MutantFile(device.Open(path, mode), this);

    public bool Exists(string path) => device.Exists(path);

    public bool IsDirectory(string path) => device.IsDirectory(path);

    public IReadOnlyList<string> List(string directory) => device.List(directory);

    public void CreateDirectory(string path) => device.CreateDirectory(path);

    public void Rename(string source, string target) => device.Rename(source, target);

    public void Link(string source, string target) => device.Link(source, target);

    public void Delete(string path) => device.Delete(path);

    public void DeleteDirectory(string path) => device.DeleteDirectory(path);

    public void SyncDirectory(string path)
    {
        if (mutation != Mutation.NamesNotSynced)
        {
            device.SyncDirectory(path);
        }
    }

    private bool Drops(string path) =>
        mutation == Mutation.LogWriteDropped && IsLog(path) && ++_logWriteCount % DropEvery == 0;

    private bool Mutates(Mutation wanted) => mutation == wanted;

    private static bool IsLog(string path) => path.StartsWith("wal/", StringComparison.Ordinal);

    private sealed class MutantFile(IStorageFile file, MutantDevice owner) : IStorageFile
    {
        public string Path => file.Path;

        public long LengthBytes => file.LengthBytes;

        public int Read(long offsetBytes, Span<byte> buffer)
        {
            int count = file.Read(offsetBytes, buffer);
            bool isSegment = Path.StartsWith("segments/", StringComparison.Ordinal);
            if (owner.Mutates(Mutation.ReadsFlipped) && isSegment && count > 0)
            {
                buffer[count / 2] ^= 1;
            }

            return count;
        }

        public void Write(long offsetBytes, ReadOnlySpan<byte> bytes)
        {
            if (!owner.Drops(Path))
            {
                file.Write(offsetBytes, bytes);
            }
        }

        public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

        public void SyncData()
        {
            if (!owner.Mutates(Mutation.LogSyncLies) || !IsLog(Path))
            {
                file.SyncData();
            }
        }

        public void Dispose() => file.Dispose();
    }
}
