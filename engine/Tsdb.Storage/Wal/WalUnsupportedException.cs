namespace Tsdb.Storage.Wal;

/// <summary>A log file was written by a newer version, or uses a feature that this one does not
/// know.</summary>
/// <param name="path">The file.</param>
/// <param name="offsetBytes">Where in it.</param>
/// <param name="reason">The version or feature bits.</param>
internal sealed class WalUnsupportedException(string path, long offsetBytes, string reason)
    : IOException($"{path} cannot be read by this version (byte {offsetBytes}): {reason}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Where in it.</summary>
    public long OffsetBytes { get; } = offsetBytes;
}
