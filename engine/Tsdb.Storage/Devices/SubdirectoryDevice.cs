namespace Tsdb.Storage.Devices;

/// <summary>A directory of another device as a device of its own.</summary>
/// <param name="device">The other device; stays the caller's.</param>
/// <param name="directory">The directory; made by <see cref="Create"/>, else it is there.</param>
public sealed class SubdirectoryDevice(IStorageDevice device, string directory) : IStorageDevice
{
    /// <summary>Makes the directory, durably, and gives it as a device.</summary>
    public static SubdirectoryDevice Create(IStorageDevice device, string directory)
    {
        device.CreateDirectory(directory);
        for (int slash = directory.LastIndexOf('/'); slash > 0; slash = directory.LastIndexOf('/', slash - 1))
        {
            device.SyncDirectory(directory[..slash]);
        }

        device.SyncDirectory("");
        return new SubdirectoryDevice(device, directory);
    }

    /// <summary>The device that the path is on, and the path there.</summary>
    internal static (IStorageDevice Device, string Path) Resolve(IStorageDevice device, string path)
    {
        while (true)
        {
            switch (device)
            {
                case SubdirectoryDevice part:
                    (device, path) = (part.Inner, part.PathOf(path));
                    break;
                case CountingStorageDevice counting:
                    device = counting.Inner;
                    break;
                default:
                    return (device, path);
            }
        }
    }

    private IStorageDevice Inner { get; } = device;

    /// <inheritdoc/>
    public IStorageFile Open(string path, FileOpenMode mode) =>
        new SubdirectoryFile(Inner.Open(PathOf(path), mode), path);

    /// <inheritdoc/>
    public bool Exists(string path) => Inner.Exists(PathOf(path));

    /// <inheritdoc/>
    public bool IsDirectory(string path) => Inner.IsDirectory(PathOf(path));

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => Inner.List(PathOf(directory));

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Inner.CreateDirectory(PathOf(path));

    /// <inheritdoc/>
    public void Rename(string source, string target) => Inner.Rename(PathOf(source), PathOf(target));

    /// <inheritdoc/>
    public void Link(string source, string target) => Inner.Link(PathOf(source), PathOf(target));

    /// <inheritdoc/>
    public void Delete(string path) => Inner.Delete(PathOf(path));

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => Inner.DeleteDirectory(PathOf(path));

    /// <inheritdoc/>
    public void SyncDirectory(string path) => Inner.SyncDirectory(PathOf(path));

    /// <inheritdoc/>
    public long GetFreeSizeBytes() => Inner.GetFreeSizeBytes();

    /// <inheritdoc />
    public long GetTotalSizeBytes() => Inner.GetTotalSizeBytes();

    private string PathOf(string path) => path.Length == 0 ? directory : $"{directory}/{path}";
}
