using System.Buffers;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>Table names, tag keys and field keys as they stand in the text, with their backslashes.</summary>
internal static class EscapedName
{
    private static readonly SearchValues<byte> _stops = SearchValues.Create(", \n\\"u8);
    private static readonly SearchValues<byte> _stopsAndEquals = SearchValues.Create(", \n\\="u8);

    /// <summary>
    /// Where the name that starts at <paramref name="position"/> ends: at the first unescaped ',', '=' or ' '
    /// or at a line end, or at the end of the text.
    /// </summary>
    public static int FindEnd(ReadOnlySpan<byte> text, int position, bool stopsAtEquals = true)
    {
        SearchValues<byte> stops = stopsAtEquals ? _stopsAndEquals : _stops;
        while (true)
        {
            int distance = text[position..].IndexOfAny(stops);
            if (distance < 0)
            {
                return text.Length;
            }

            position += distance;
            if (text[position] != '\\')
            {
                return position;
            }

            position++;
            position += position < text.Length && SeriesKeyReader.IsEscapable(text[position]) ? 1 : 0;
        }
    }

    /// <summary>Writes the name without its escapes.</summary>
    /// <param name="raw">The name as sent.</param>
    /// <param name="target">At least as long as <paramref name="raw"/>.</param>
    /// <returns>The bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        int sizeBytes = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\\' && i + 1 < raw.Length && SeriesKeyReader.IsEscapable(raw[i + 1]))
            {
                i++;
            }

            target[sizeBytes++] = raw[i];
        }

        return sizeBytes;
    }

    /// <summary>How long the name is without its escapes.</summary>
    public static int MeasureUnescaped(ReadOnlySpan<byte> raw)
    {
        int sizeBytes = raw.Length;
        for (int i = 0; i + 1 < raw.Length; i++)
        {
            if (raw[i] == '\\' && SeriesKeyReader.IsEscapable(raw[i + 1]))
            {
                sizeBytes--;
                i++;
            }
        }

        return sizeBytes;
    }

    /// <summary>
    /// Whether a tag or field may not have this name: <c>ts</c> is the time column, and <c>time</c> is what
    /// InfluxDB's senders and queries call it. <c>timestamp</c> is free: senders do use it for a second time.
    /// </summary>
    public static bool IsReserved(ReadOnlySpan<byte> raw) =>
        raw.SequenceEqual("ts"u8) || raw.SequenceEqual("time"u8);
}
