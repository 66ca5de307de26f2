using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>Where lines end, when a quoted string may contain line ends itself.</summary>
/// <remarks>
/// A '"' right behind an unescaped '=' of the fields opens a string. If nothing closes it, or the closing
/// quote is not followed by a separator, then the quotes cannot be trusted and the line ends at the first
/// line end after the opening one: so one stray quote costs its own line and not all that follow.
/// </remarks>
public static class LineEnds
{
    private const ulong ValueEnds = (1UL << ',') | (1UL << ' ') | (1UL << '\n') | (1UL << '\r');

    /// <summary>
    /// Size of the whole lines with which <paramref name="text"/> begins; what follows needs more text. For
    /// readers of streams: the text must begin at a line's start, and one that has already grown to the limit
    /// for a line is to be parsed as it is.
    /// </summary>
    public static int MeasureWholeLines(ReadOnlySpan<byte> text)
    {
        int wholeSizeBytes = text.LastIndexOf((byte)'\n') + 1;
        if (!text[..wholeSizeBytes].Contains((byte)'"'))
        {
            return wholeSizeBytes;
        }

        int position = 0;
        while (true)
        {
            int end = Find(text, position, out bool isCutOff);
            if (isCutOff || end == text.Length)
            {
                return position;
            }

            position = end + 1;
        }
    }

    /// <summary>
    /// Where the line that begins at <paramref name="start"/> ends: at its '\n' or the text's end.
    /// </summary>
    internal static int Find(ReadOnlySpan<byte> text, int start) => Find(text, start, out _);

    /// <summary>
    /// The index behind the string's closing quote, or -1; <paramref name="position"/> is behind its opening
    /// one.
    /// </summary>
    internal static int FindStringEnd(ReadOnlySpan<byte> text, int position)
    {
        while (true)
        {
            int distance = text[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (distance < 0)
            {
                return -1;
            }

            position += distance;
            if (text[position] == '"')
            {
                return position + 1;
            }

            bool isEscape = position + 1 < text.Length && text[position + 1] is (byte)'"' or (byte)'\\';
            position += isEscape ? 2 : 1;
        }
    }

    /// <summary>Whether a value can end before <paramref name="position"/>.</summary>
    internal static bool IsValueEnd(ReadOnlySpan<byte> text, int position) =>
        (uint)position >= (uint)text.Length
        || (text[position] <= ',' && ((ValueEnds >> text[position]) & 1) != 0);

    private static int Find(ReadOnlySpan<byte> text, int start, out bool isCutOff)
    {
        isCutOff = false;
        int position = SkipBlanks(text, start);
        if (position < text.Length && text[position] == '#')
        {
            return FindNewline(text, position);
        }

        // Quotes mean nothing before the fields.
        position = SeriesKeyCheck.FindEnd(text, position);
        bool followsEscape = false;
        while (position < text.Length)
        {
            int distance = text[position..].IndexOfAny((byte)'\n', (byte)'"', (byte)'\\');
            if (distance < 0)
            {
                return text.Length;
            }

            followsEscape &= distance == 0;
            position += distance;
            byte found = text[position];
            if (found == '\n')
            {
                return position;
            }

            position++;
            if (found == '\\')
            {
                followsEscape = position < text.Length && SeriesKeyReader.IsEscapable(text[position]);
                position += followsEscape ? 1 : 0;
            }
            else if (text[position - 2] == '=' && !followsEscape)
            {
                int stringEnd = FindStringEnd(text, position);
                isCutOff = stringEnd < 0 || stringEnd == text.Length;
                if (stringEnd < 0 || !IsValueEnd(text, stringEnd))
                {
                    return FindNewline(text, position);
                }

                position = stringEnd;
            }
        }

        return position;
    }

    /// <summary>
    /// The first byte at or after <paramref name="position"/> that is neither space nor tab.
    /// </summary>
    internal static int SkipBlanks(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t')
        {
            position++;
        }

        return position;
    }

    /// <summary>The next '\n' or the text's end, whatever it stands in.</summary>
    internal static int FindNewline(ReadOnlySpan<byte> text, int position)
    {
        int distance = text[position..].IndexOf((byte)'\n');
        return distance < 0 ? text.Length : position + distance;
    }
}
