using Microsoft.Win32.SafeHandles;

namespace Tsdb.Storage.Devices;

/// <summary>A file of the local file system: pread, pwrite, fdatasync.</summary>
internal sealed class LocalStorageFile : IStorageFile
{
    private readonly SafeFileHandle _handle;

    /// <summary>Takes the handle over.</summary>
    public LocalStorageFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public long LengthBytes
    {
        get
        {
            try
            {
                return RandomAccess.GetLength(_handle);
            }
            catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
            {
                throw DeviceErrors.Wrap("fstat", Path, exception);
            }
        }
    }

    /// <inheritdoc/>
    public int Read(long offsetBytes, Span<byte> buffer)
    {
        try
        {
            int readBytes = 0;
            while (readBytes < buffer.Length)
            {
                int count = RandomAccess.Read(_handle, buffer[readBytes..], offsetBytes + readBytes);
                if (count == 0)
                {
                    break;
                }

                readBytes += count;
            }

            return readBytes;
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("pread", Path, exception);
        }
    }

    /// <inheritdoc/>
    public void Write(long offsetBytes, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, offsetBytes);
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("pwrite", Path, exception);
        }
    }

    /// <inheritdoc/>
    public void SetLength(long lengthBytes)
    {
        try
        {
            RandomAccess.SetLength(_handle, lengthBytes);
        }
        catch (SystemException exception) when (DeviceErrors.IsExpected(exception))
        {
            throw DeviceErrors.Wrap("ftruncate", Path, exception);
        }
    }

    /// <inheritdoc/>
    public void SyncData() => SystemCalls.SyncData(_handle, Path);

    /// <inheritdoc/>
    public void DropCached(long offsetBytes, long sizeBytes) =>
        SystemCalls.DropCached(_handle, offsetBytes, sizeBytes);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
