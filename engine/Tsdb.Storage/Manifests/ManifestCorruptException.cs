using System.Globalization;

namespace Tsdb.Storage.Manifests;

/// <summary>The manifest is damaged. It is the only root, so the database cannot be opened.</summary>
/// <param name="path">The damaged file.</param>
/// <param name="offsetBytes">Where in it.</param>
/// <param name="expected">What should be there.</param>
/// <param name="actual">What is there.</param>
internal sealed class ManifestCorruptException(string path, long offsetBytes, string expected, string actual)
    : IOException(string.Create(
        CultureInfo.InvariantCulture,
        $"{path} is damaged at byte {offsetBytes}: expected {expected}, found {actual}"))
{
    /// <summary>The damaged file.</summary>
    public string Path { get; } = path;

    /// <summary>Where in it.</summary>
    public long OffsetBytes { get; } = offsetBytes;

    /// <summary>What should be there.</summary>
    public string Expected { get; } = expected;

    /// <summary>What is there.</summary>
    public string Actual { get; } = actual;
}
