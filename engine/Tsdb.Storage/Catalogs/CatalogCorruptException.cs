namespace Tsdb.Storage.Catalogs;

/// <summary>The catalogue log is damaged: tables and series cannot be told, so the database does not
/// open.</summary>
/// <param name="path">The file.</param>
/// <param name="actualSizeBytes">Bytes found.</param>
/// <param name="expectedSizeBytes">Bytes the manifest names.</param>
/// <param name="expectedCrc">CRC32C the manifest names.</param>
/// <param name="actualCrc">CRC32C found.</param>
public sealed class CatalogCorruptException(
    string path, long actualSizeBytes, long expectedSizeBytes, uint expectedCrc, uint actualCrc)
    : IOException(
        $"{path} is damaged: {actualSizeBytes} of {expectedSizeBytes} bytes, "
        + $"CRC32C {actualCrc:x8}, expected {expectedCrc:x8}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
