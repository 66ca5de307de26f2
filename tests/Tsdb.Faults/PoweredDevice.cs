using Tsdb.Storage.Devices;

namespace Tsdb.Faults;

/// <summary>
/// A simulated device as the engine's threads may use it: once the power is cut, every call fails as a call
/// to a dead disk does, where the device itself would throw what no thread of the engine catches.
/// </summary>
public sealed class PoweredDevice(SimulatedStorageDevice device) : IStorageDevice
{
    /// <summary>The device itself.</summary>
    public SimulatedStorageDevice Simulated { get; } = device;

    public IStorageFile Open(string path, FileOpenMode mode) =>
        Run(path, () => new PoweredFile(Simulated.Open(path, mode)));

    public bool Exists(string path) => Run(path, () => Simulated.Exists(path));

    public bool IsDirectory(string path) => Run(path, () => Simulated.IsDirectory(path));

    public IReadOnlyList<string> List(string directory) => Run(directory, () => Simulated.List(directory));

    public void CreateDirectory(string path) => Run(path, () => Simulated.CreateDirectory(path));

    public void Rename(string source, string target) => Run(source, () => Simulated.Rename(source, target));

    public void Link(string source, string target) => Run(source, () => Simulated.Link(source, target));

    public void Delete(string path) => Run(path, () => Simulated.Delete(path));

    public void DeleteDirectory(string path) => Run(path, () => Simulated.DeleteDirectory(path));

    public void SyncDirectory(string path) => Run(path, () => Simulated.SyncDirectory(path));

    private static StorageDeviceException Dead(string path) => new("call", path, 5, "the power is cut");

    private static T Run<T>(string path, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (PowerCutException)
        {
            throw Dead(path);
        }
    }

    private static void Run(string path, Action call)
    {
        try
        {
            call();
        }
        catch (PowerCutException)
        {
            throw Dead(path);
        }
    }

    private sealed class PoweredFile(IStorageFile file) : IStorageFile
    {
        public string Path => file.Path;

        public long LengthBytes => Run(Path, () => file.LengthBytes);

        public int Read(long offsetBytes, Span<byte> buffer)
        {
            try
            {
                return file.Read(offsetBytes, buffer);
            }
            catch (PowerCutException)
            {
                throw Dead(Path);
            }
        }

        public void Write(long offsetBytes, ReadOnlySpan<byte> bytes)
        {
            try
            {
                file.Write(offsetBytes, bytes);
            }
            catch (PowerCutException)
            {
                throw Dead(Path);
            }
        }

        public void SetLength(long lengthBytes) => Run(Path, () => file.SetLength(lengthBytes));

        public void SyncData() => Run(Path, file.SyncData);

        public void Dispose() => file.Dispose();
    }
}
