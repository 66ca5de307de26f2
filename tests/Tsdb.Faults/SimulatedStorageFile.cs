using Tsdb.Storage.Devices;

namespace Tsdb.Faults;

/// <summary>An open file of the simulated device. It follows the content, not the name.</summary>
internal sealed class SimulatedStorageFile(
    SimulatedStorageDevice device, SimulatedContent content, string path, bool isWritable) : IStorageFile
{
    private bool _isDisposed;

    public string Path { get; } = path;

    public long LengthBytes => Run(
        DeviceOperation.GetLength, 0, 0, isWrite: false, () => content.SizeBytes, static () => { });

    public int Read(long offsetBytes, Span<byte> buffer)
    {
        lock (device.Gate)
        {
            Check(isWrite: false);
            device.Enter(DeviceOperation.Read, Path, offsetBytes, buffer.Length, static () => { });
            return content.Read(offsetBytes, buffer);
        }
    }

    public void Write(long offsetBytes, ReadOnlySpan<byte> bytes)
    {
        lock (device.Gate)
        {
            Check(isWrite: true);
            InjectedFault? fault = device.TakeFault(DeviceOperation.Write, Path, offsetBytes, bytes.Length);
            long growthBytes = offsetBytes + bytes.Length - content.SizeBytes;
            if (growthBytes > 0 && growthBytes > device.GetFreeSizeBytes())
            {
                fault ??= InjectedFault.OutOfSpace;
            }

            if (fault is null or InjectedFault.PowerCut)
            {
                content.Write(offsetBytes, bytes);
            }
            else if (fault == InjectedFault.ShortWrite)
            {
                content.Write(offsetBytes, bytes[..(bytes.Length / 2)]);
            }

            SimulatedStorageDevice.ThrowFor(fault, DeviceOperation.Write, Path);
        }
    }

    public void SetLength(long lengthBytes) => Run(
        DeviceOperation.SetLength,
        lengthBytes,
        0,
        isWrite: true,
        () =>
        {
            content.SetLength(lengthBytes);
            return 0;
        },
        () => content.SetLength(lengthBytes));

    public void SyncData()
    {
        lock (device.Gate)
        {
            Check(isWrite: false);
            InjectedFault? fault = device.TakeFault(DeviceOperation.SyncData, Path, 0, 0);
            if (fault is null)
            {
                content.Sync();
            }
            else if (fault != InjectedFault.PowerCut)
            {
                content.DropUnsynced(device.KeepsUnsyncedReadable);
            }

            SimulatedStorageDevice.ThrowFor(fault, DeviceOperation.SyncData, Path);
        }
    }

    public void Dispose() => _isDisposed = true;

    private T Run<T>(
        DeviceOperation operation,
        long offsetBytes,
        long sizeBytes,
        bool isWrite,
        Func<T> act,
        Action atPowerCut)
    {
        lock (device.Gate)
        {
            Check(isWrite);
            device.Enter(operation, Path, offsetBytes, sizeBytes, atPowerCut);
            return act();
        }
    }

    private void Check(bool isWrite)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (isWrite && !isWritable)
        {
            throw new StorageDeviceException("write", Path, 9, "opened for reading");
        }
    }
}
