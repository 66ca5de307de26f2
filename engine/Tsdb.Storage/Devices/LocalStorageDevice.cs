using Microsoft.Win32.SafeHandles;
using Tsdb.Core;

namespace Tsdb.Storage.Devices;

/// <summary>A directory of the local file system. Holds its <c>LOCK</c> file while it lives, unless
/// opened to be shared.</summary>
public sealed class LocalStorageDevice : IStorageDevice, IDisposable
{
    /// <summary>The file whose lock says that the directory is in use.</summary>
    public const string LockFileName = "LOCK";

    private const int WouldBlock = 11;
    private const int WouldBlockOnDarwin = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const FileShare AnyShare = FileShare.ReadWrite | FileShare.Delete;

    // EPERM, EXDEV, EMLINK, and ENOTSUP as Linux and Darwin number it.
    private static readonly int[] _cannotLink = [1, 18, 31, 45, 95];

    private readonly SafeFileHandle? _lock;

    private LocalStorageDevice(string rootPath, SafeFileHandle? lockHandle)
    {
        RootPath = rootPath;
        _lock = lockHandle;
    }

    /// <summary>The directory, absolute.</summary>
    public string RootPath { get; }

    /// <summary>Makes the directory if need be and locks it.</summary>
    /// <exception cref="StorageLockedException">Another process has it open.</exception>
    /// <exception cref="StorageDeviceException">It cannot be made or locked.</exception>
    public static LocalStorageDevice Open(string rootPath)
    {
        string fullPath = Path.GetFullPath(rootPath);
        string lockPath = Path.Combine(fullPath, LockFileName);
        if (!File.Exists(lockPath))
        {
            CreateRoot(fullPath);
        }

        try
        {
            SafeFileHandle handle = File.OpenHandle(
                lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new LocalStorageDevice(fullPath, handle);
        }
        catch (IOException exception) when (IsLockConflict(exception))
        {
            throw new StorageLockedException(fullPath);
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("lock", fullPath, exception);
        }
    }

    /// <summary>Makes the directory if need be; others may use it at the same time.</summary>
    /// <exception cref="StorageDeviceException">It cannot be made.</exception>
    public static LocalStorageDevice OpenShared(string rootPath)
    {
        string fullPath = Path.GetFullPath(rootPath);
        if (!Directory.Exists(fullPath))
        {
            CreateRoot(fullPath);
        }

        return new LocalStorageDevice(fullPath, null);
    }

    /// <summary>Makes a directory and its parents, durably: what is in it is found again after a power
    /// cut.</summary>
    /// <exception cref="StorageDeviceException">It cannot be made.</exception>
    public static void CreateRoot(string rootPath)
    {
        string fullPath = Path.GetFullPath(rootPath);
        string? parent = Path.GetDirectoryName(fullPath);
        if (parent is not null && !Directory.Exists(parent))
        {
            CreateRoot(parent);
        }

        try
        {
            Directory.CreateDirectory(fullPath);
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("mkdir", fullPath, exception);
        }

        // Even where the directory was there: a process may have died before its name was durable.
        if (parent is not null)
        {
            SystemCalls.SyncDirectory(parent, parent);
        }
    }

    /// <inheritdoc/>
    public IStorageFile Open(string path, FileOpenMode mode)
    {
        string fullPath = Resolve(path);
        FileMode fileMode = mode == FileOpenMode.CreateNew ? FileMode.CreateNew : FileMode.Open;
        FileAccess access = mode == FileOpenMode.Read ? FileAccess.Read : FileAccess.ReadWrite;
        try
        {
            SafeFileHandle handle = File.OpenHandle(fullPath, fileMode, access, AnyShare);
            return new LocalStorageFile(handle, path);
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("open", path, exception);
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path) => Path.Exists(Resolve(path));

    /// <inheritdoc/>
    public bool IsDirectory(string path) => Directory.Exists(Resolve(path));

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        try
        {
            string[] names = Directory.GetFileSystemEntries(Resolve(directory));
            for (int i = 0; i < names.Length; i++)
            {
                names[i] = Path.GetFileName(names[i]);
            }

            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("list", directory, exception);
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(Resolve(path));
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("mkdir", path, exception);
        }
    }

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        try
        {
            File.Move(Resolve(source), Resolve(target), overwrite: true);
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("rename", source, exception);
        }
    }

    /// <inheritdoc/>
    public void Link(string source, string target) =>
        SystemCalls.Link(Resolve(source), Resolve(target), target);

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(Resolve(path));
        }
        catch (DirectoryNotFoundException)
        {
            // The contract: removing what is not there does nothing.
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("unlink", path, exception);
        }
    }

    /// <inheritdoc />
    public long GetFreeSizeBytes() => AskDrive(static drive => drive.AvailableFreeSpace);

    /// <inheritdoc />
    public long GetTotalSizeBytes() => AskDrive(static drive => drive.TotalSize);

    private long AskDrive(Func<DriveInfo, long> ask)
    {
        try
        {
            return ask(new DriveInfo(RootPath));
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("statfs", RootPath, exception);
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        try
        {
            Directory.Delete(Resolve(path), recursive: false);
        }
        catch (DirectoryNotFoundException)
        {
            // The contract: removing what is not there does nothing.
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("rmdir", path, exception);
        }
    }

    /// <summary>
    /// Makes a hard link to a file of another directory; false where the two are not on one file system, or
    /// it knows no links.
    /// </summary>
    internal bool TryLinkFrom(LocalStorageDevice other, string source, string target)
    {
        try
        {
            SystemCalls.Link(other.Resolve(source), Resolve(target), target);
            return true;
        }
        catch (StorageDeviceException failure)
            when (failure.Errno is 0 || _cannotLink.Contains(failure.Errno))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path) => SystemCalls.SyncDirectory(Resolve(path), path);

    /// <summary>Gives the lock back. Open files stay usable.</summary>
    public void Dispose() => _lock?.Dispose();

    private static bool IsLockConflict(IOException exception) =>
        exception.HResult is WouldBlock or WouldBlockOnDarwin or WindowsSharingViolation;

    private string Resolve(string path)
    {
        Invariant.Holds(!Path.IsPathRooted(path));
        Invariant.Holds(!path.Split('/').Contains(".."));
        return Path.Combine(RootPath, path);
    }
}
