using System.Globalization;

namespace Tsdb.Storage.Wal;

/// <summary>The log has lost frames that were durable: bit rot, a misdirected write, a missing
/// file.</summary>
/// <param name="path">The damaged file, or the log's directory when a file is missing.</param>
/// <param name="offsetBytes">Where in it.</param>
/// <param name="expected">What should be there.</param>
/// <param name="actual">What is there.</param>
/// <param name="lost">The LSNs that cannot be read.</param>
internal sealed class WalCorruptException(
    string path, long offsetBytes, string expected, string actual, WalLostRange lost)
    : IOException(string.Create(
        CultureInfo.InvariantCulture,
        $"{path} is damaged at byte {offsetBytes}: expected {expected}, found {actual}; lost {lost}"))
{
    /// <summary>The damaged file, or the log's directory when a file is missing.</summary>
    public string Path { get; } = path;

    /// <summary>Where in it.</summary>
    public long OffsetBytes { get; } = offsetBytes;

    /// <summary>What should be there.</summary>
    public string Expected { get; } = expected;

    /// <summary>What is there.</summary>
    public string Actual { get; } = actual;

    /// <summary>The LSNs that cannot be read.</summary>
    public WalLostRange Lost { get; } = lost;
}
