namespace Tsdb.Storage.Devices;

/// <summary>One open file. Positional, no cursor; reads and writes of different ranges may run at
/// once.</summary>
/// <remarks>Every method throws <see cref="StorageDeviceException"/> when the world fails.</remarks>
public interface IStorageFile : IDisposable
{
    /// <summary>The path it was opened under.</summary>
    string Path { get; }

    /// <summary>Present length in bytes.</summary>
    long LengthBytes { get; }

    /// <summary>Reads up to the buffer's length; returns how much: less only at the end of the
    /// file.</summary>
    int Read(long offsetBytes, Span<byte> buffer);

    /// <summary>Writes all of it; the file grows as needed. Durable after <see cref="SyncData"/>.</summary>
    void Write(long offsetBytes, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts or extends (with zeros) the file.</summary>
    void SetLength(long lengthBytes);

    /// <summary>
    /// Makes everything written so far durable (fdatasync), file length included. After a failure the written
    /// data
    /// count as lost: never sync the same file again and believe it.
    /// </summary>
    void SyncData();

    /// <summary>Asks the system to forget what it holds of a range in memory, so that the next read comes
    /// from the device. A hint: nothing happens where the system has no such call.</summary>
    void DropCached(long offsetBytes, long sizeBytes)
    {
        // Devices in memory hold nothing twice.
    }
}
