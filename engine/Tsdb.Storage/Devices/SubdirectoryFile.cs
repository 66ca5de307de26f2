namespace Tsdb.Storage.Devices;

/// <summary>A file of a <see cref="SubdirectoryDevice"/>, under the path that it has there.</summary>
internal sealed class SubdirectoryFile(IStorageFile file, string path) : IStorageFile
{
    public string Path => path;

    public long LengthBytes => file.LengthBytes;

    public int Read(long offsetBytes, Span<byte> buffer) => file.Read(offsetBytes, buffer);

    public void Write(long offsetBytes, ReadOnlySpan<byte> bytes) => file.Write(offsetBytes, bytes);

    public void SetLength(long lengthBytes) => file.SetLength(lengthBytes);

    public void SyncData() => file.SyncData();

    public void DropCached(long offsetBytes, long sizeBytes) => file.DropCached(offsetBytes, sizeBytes);

    public void Dispose() => file.Dispose();
}
