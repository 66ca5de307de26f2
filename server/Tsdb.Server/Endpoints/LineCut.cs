using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Server.Endpoints;

/// <summary>
/// Where text that arrives in pieces may be cut: at line ends that stand in no quoted string.
/// </summary>
internal static class LineCut
{
    /// <summary>Text worth a commit of its own.</summary>
    public const int PieceSizeBytes = 1 << 20;

    /// <summary>What a sender's buffer begins with: many may be idle, or slow.</summary>
    public const int FirstSizeBytes = 16 << 10;

    /// <summary>Longest line waited for, its strings' own line ends included.</summary>
    public const int LineSizeBytesMax = 8 << 20;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Size of the whole lines with which <paramref name="text"/> begins; 0 when that needs more text. A
    /// quote that nothing has closed by the limit is a stray one: from there any line end counts.
    /// </summary>
    public static int Measure(ReadOnlySpan<byte> text)
    {
        int wholeSizeBytes = LineEnds.MeasureWholeLines(text);
        return wholeSizeBytes > 0 || text.Length < LineSizeBytesMax
            ? wholeSizeBytes
            : text.LastIndexOf((byte)'\n') + 1;
    }

    /// <summary>The answer to a sender for whose line there is no memory.</summary>
    public static StorageClosedException RefuseLongLine() => new("memory for a long line is short")
    {
        Refusal = StorageRefusal.MemoryFull,
        RetryAfter = _retryAfter,
    };
}
