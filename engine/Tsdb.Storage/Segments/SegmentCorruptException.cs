namespace Tsdb.Storage.Segments;

/// <summary>Bytes of one segment are not what was written. It concerns that file alone.</summary>
/// <param name="path">The file, relative to the device's root.</param>
/// <param name="offsetBytes">First byte of the damaged part.</param>
/// <param name="part">What lies there: header, footer, an index section, a chunk.</param>
/// <param name="expectedCrc">CRC32C that was stored for the part; equal to <paramref name="actualCrc"/> when
/// the checksum holds but the content makes no sense.</param>
/// <param name="actualCrc">CRC32C of the bytes that were read.</param>
public sealed class SegmentCorruptException(
    string path, long offsetBytes, string part, uint expectedCrc, uint actualCrc)
    : IOException(
        $"{path}: {part} at byte {offsetBytes} is damaged (CRC32C {actualCrc:x8}, expected {expectedCrc:x8})")
{
    /// <summary>The file, relative to the device's root.</summary>
    public string Path { get; } = path;

    /// <summary>First byte of the damaged part.</summary>
    public long OffsetBytes { get; } = offsetBytes;

    /// <summary>What lies there.</summary>
    public string Part { get; } = part;

    /// <summary>CRC32C that was stored for the part.</summary>
    public uint ExpectedCrc { get; } = expectedCrc;

    /// <summary>CRC32C of the bytes that were read.</summary>
    public uint ActualCrc { get; } = actualCrc;
}
