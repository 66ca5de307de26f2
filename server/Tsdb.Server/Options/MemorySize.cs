using System.Globalization;

namespace Tsdb.Server.Options;

/// <summary>A size of memory as written on the command line: bytes, or a number with K, M, G or T.</summary>
internal static class MemorySize
{
    private const string Units = "KMGT";

    /// <summary>Reads <c>512M</c>, <c>8G</c> or <c>536870912</c>; false when it is none of these, or not
    /// positive.</summary>
    public static bool TryParse(string text, out long sizeBytes)
    {
        sizeBytes = 0;
        char last = text.Length > 0 ? char.ToUpperInvariant(text[^1]) : '0';
        int unit = Units.IndexOf(last, StringComparison.Ordinal);
        ReadOnlySpan<char> digits = unit < 0 ? text : text.AsSpan(0, text.Length - 1);
        int shift = 10 * (unit + 1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || count <= 0
            || count > long.MaxValue >> shift)
        {
            return false;
        }

        sizeBytes = count << shift;
        return true;
    }
}
