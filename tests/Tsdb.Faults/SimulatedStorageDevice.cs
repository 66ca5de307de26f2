using Tsdb.Storage.Devices;

namespace Tsdb.Faults;

/// <summary>
/// A storage device in memory with the crash semantics of a disk: what was not synced may be lost, kept or
/// torn by 512-byte sectors, and a name that was not synced may be there or not. Every call is numbered and
/// logged; faults are injected by number.
/// </summary>
public sealed class SimulatedStorageDevice : IStorageDevice
{
    private readonly SimulatedNames _names = new();
    private readonly Dictionary<long, InjectedFault> _faults = [];
    private readonly List<DeviceCall> _calls = [];
    private Func<DeviceOperation, string, InjectedFault?>? _rule;
    private bool _isCut;

    /// <summary>The calls so far, in order.</summary>
    public IReadOnlyList<DeviceCall> Calls
    {
        get
        {
            lock (Gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>How many calls there were.</summary>
    public long CallCount { get; private set; }

    /// <summary>Whether the power is cut.</summary>
    public bool IsCut
    {
        get
        {
            lock (Gate)
            {
                return _isCut;
            }
        }
    }

    /// <summary>Whether data that a failed sync gave up can still be read until the power goes (as Linux
    /// does), or reads return the old data at once.</summary>
    public bool KeepsUnsyncedReadable { get; set; }

    /// <summary>Bytes that all files together may have; writes beyond fail with errno 28.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>What the power cut did that this device was found after.</summary>
    public PowerCutLosses Losses { get; private set; } = new();

    internal object Gate { get; } = new();

    /// <summary>Makes a call fail. <paramref name="callNumber"/> counts from 1 over all calls.</summary>
    public void FailCall(long callNumber, InjectedFault fault)
    {
        lock (Gate)
        {
            _faults[callNumber] = fault;
        }
    }

    /// <summary>Makes every call fail that the rule gives a fault for, until it is set to null.</summary>
    public Func<DeviceOperation, string, InjectedFault?>? Rule
    {
        get
        {
            lock (Gate)
            {
                return _rule;
            }
        }

        set
        {
            lock (Gate)
            {
                _rule = value;
            }
        }
    }

    /// <summary>Makes the call after the present one fail.</summary>
    public void FailNextCall(InjectedFault fault) => FailCall(CallCount + 1, fault);

    /// <summary>Cuts the power now.</summary>
    public void CutPower()
    {
        lock (Gate)
        {
            _isCut = true;
        }
    }

    /// <summary>
    /// The device after the power came back: all that was synced, and of the rest what the seed decides. A
    /// seed that is 0 modulo 4 keeps nothing unsynced, 1 everything; others keep each sector and name by
    /// chance.
    /// </summary>
    public SimulatedStorageDevice Recover(int seed)
    {
        lock (Gate)
        {
            double keepRatio = (seed & 3) switch { 0 => 0, 1 => 1, 2 => 0.5, _ => 0.9 };
            var random = new Random(seed);
            var result = new SimulatedStorageDevice { KeepsUnsyncedReadable = KeepsUnsyncedReadable };
            PowerCutLosses losses = new();
            var survivors = new Dictionary<SimulatedContent, SimulatedContent>();
            foreach ((string path, SimulatedContent? content) in _names.Survive(random, keepRatio, losses))
            {
                if (content is not null && !survivors.ContainsKey(content))
                {
                    survivors[content] =
                        SimulatedContent.FromDurable(content.Survive(random, keepRatio, losses));
                }

                result._names.AddDurable(path, content is null ? null : survivors[content]);
            }

            result.Losses = losses;
            return result;
        }
    }

    /// <summary>A file's bytes as the process sees them. Not a counted call.</summary>
    public byte[] ReadFile(string path)
    {
        lock (Gate)
        {
            return Find(path, "read").ToArray();
        }
    }

    /// <summary>Puts a durable file there, replacing one of that name. Not a counted call.</summary>
    public void PutFile(string path, ReadOnlySpan<byte> bytes)
    {
        lock (Gate)
        {
            for (string parent = SimulatedNames.ParentOf(path); parent.Length > 0;
                parent = SimulatedNames.ParentOf(parent))
            {
                _names.AddDurable(parent, null);
            }

            _names.AddDurable(path, SimulatedContent.FromDurable(bytes));
        }
    }

    /// <summary>All files, in ordinal order of path. Not a counted call.</summary>
    public IReadOnlyList<string> ListFiles()
    {
        lock (Gate)
        {
            return [.. _names.Current.Where(name => name.Value is not null).Select(name => name.Key)];
        }
    }

    /// <inheritdoc/>
    public IStorageFile Open(string path, FileOpenMode mode)
    {
        lock (Gate)
        {
            if (mode == FileOpenMode.CreateNew)
            {
                return CreateNew(path);
            }

            Enter(DeviceOperation.Open, path, 0, 0, static () => { });
            return new SimulatedStorageFile(this, Find(path, "open"), path, mode != FileOpenMode.Read);
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path)
    {
        lock (Gate)
        {
            Enter(DeviceOperation.Exists, path, 0, 0, static () => { });
            return path.Length == 0 || _names.Current.ContainsKey(path);
        }
    }

    /// <inheritdoc/>
    public bool IsDirectory(string path)
    {
        lock (Gate)
        {
            Enter(DeviceOperation.Exists, path, 0, 0, static () => { });
            return _names.IsDirectory(path);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        lock (Gate)
        {
            Enter(DeviceOperation.List, directory, 0, 0, static () => { });
            RequireDirectory(directory, "list");
            int skipped = directory.Length == 0 ? 0 : directory.Length + 1;
            return [.. _names.Current.Keys.Where(path => SimulatedNames.ParentOf(path) == directory)
                .Select(path => path[skipped..])];
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (Gate)
        {
            Enter(DeviceOperation.CreateDirectory, path, 0, 0, () => AddDirectories(path));
            AddDirectories(path);
        }
    }

    /// <inheritdoc/>
    public void Rename(string source, string target)
    {
        lock (Gate)
        {
            Find(source, "rename");
            RequireDirectory(SimulatedNames.ParentOf(target), "rename");
            Enter(DeviceOperation.Rename, source, 0, 0, () => _names.Rename(source, target));
            _names.Rename(source, target);
        }
    }

    /// <inheritdoc/>
    public void Link(string source, string target)
    {
        lock (Gate)
        {
            SimulatedContent content = Find(source, "link");
            RequireDirectory(SimulatedNames.ParentOf(target), "link");
            RequireAbsent(target, "link");
            Enter(DeviceOperation.Link, target, 0, 0, () => _names.Add(target, content));
            _names.Add(target, content);
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        lock (Gate)
        {
            Enter(DeviceOperation.Delete, path, 0, 0, () => RemoveFile(path));
            RemoveFile(path);
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        lock (Gate)
        {
            if (_names.Current.Keys.Any(name => SimulatedNames.ParentOf(name) == path))
            {
                throw new StorageDeviceException("rmdir", path, 39, "not empty");
            }

            Enter(DeviceOperation.Delete, path, 0, 0, () => RemoveDirectory(path));
            RemoveDirectory(path);
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        lock (Gate)
        {
            Enter(DeviceOperation.SyncDirectory, path, 0, 0, static () => { });
            RequireDirectory(path, "fsync of the directory");
            _names.SyncDirectory(path);
        }
    }

    /// <inheritdoc/>
    public long GetTotalSizeBytes() => CapacityBytes;

    /// <summary>What the capacity leaves. Not a counted call.</summary>
    public long GetFreeSizeBytes()
    {
        lock (Gate)
        {
            return CapacityBytes == long.MaxValue
                ? long.MaxValue
                : Math.Max(0, CapacityBytes - _names.Current.Values.Distinct().Sum(
                    static content => content?.SizeBytes ?? 0));
        }
    }

    /// <summary>Counts and logs a call, and says what goes wrong at it. The caller holds the gate.</summary>
    internal InjectedFault? TakeFault(
        DeviceOperation operation, string path, long offsetBytes, long sizeBytes)
    {
        if (_isCut)
        {
            throw new PowerCutException();
        }

        CallCount++;
        InjectedFault? fault = _faults.TryGetValue(CallCount, out InjectedFault found)
            ? found
            : _rule?.Invoke(operation, path);
        _isCut = fault == InjectedFault.PowerCut;
        _calls.Add(new DeviceCall(CallCount, operation, path, offsetBytes, sizeBytes, fault is null)
        {
            Fault = fault,
        });
        return fault;
    }

    /// <summary>Counts a call and throws what was injected; a power cut leaves the act done but not
    /// durable.</summary>
    internal void Enter(
        DeviceOperation operation, string path, long offsetBytes, long sizeBytes, Action atPowerCut)
    {
        InjectedFault? fault = TakeFault(operation, path, offsetBytes, sizeBytes);
        if (fault == InjectedFault.PowerCut)
        {
            atPowerCut();
        }

        ThrowFor(fault, operation, path);
    }

    internal static void ThrowFor(InjectedFault? fault, DeviceOperation operation, string path)
    {
        switch (fault)
        {
            case null:
                return;
            case InjectedFault.PowerCut:
                throw new PowerCutException();
            case InjectedFault.IoError:
                throw new StorageDeviceException(operation.ToString(), path, 5, "injected I/O error");
            default:
                throw new StorageDeviceException(operation.ToString(), path, 28, "injected: no space left");
        }
    }

    private SimulatedStorageFile CreateNew(string path)
    {
        RequireDirectory(SimulatedNames.ParentOf(path), "open");
        RequireAbsent(path, "open");
        var content = new SimulatedContent();
        Enter(DeviceOperation.Create, path, 0, 0, () => _names.Add(path, content));
        _names.Add(path, content);
        return new SimulatedStorageFile(this, content, path, isWritable: true);
    }

    private void AddDirectories(string path)
    {
        if (_names.IsDirectory(path))
        {
            return;
        }

        RequireAbsent(path, "mkdir");
        AddDirectories(SimulatedNames.ParentOf(path));
        _names.Add(path, null);
    }

    private void RemoveFile(string path)
    {
        if (_names.FindFile(path) is not null)
        {
            _names.Remove(path);
        }
    }

    private void RemoveDirectory(string path)
    {
        if (path.Length > 0 && _names.IsDirectory(path))
        {
            _names.Remove(path);
        }
    }

    private SimulatedContent Find(string path, string operation) =>
        _names.FindFile(path) ?? throw new StorageDeviceException(operation, path, 2, "no such file");

    private void RequireDirectory(string path, string operation)
    {
        if (!_names.IsDirectory(path))
        {
            throw new StorageDeviceException(operation, path, 2, "no such directory");
        }
    }

    private void RequireAbsent(string path, string operation)
    {
        if (_names.Current.ContainsKey(path))
        {
            throw new StorageDeviceException(operation, path, 17, "already there");
        }
    }
}
