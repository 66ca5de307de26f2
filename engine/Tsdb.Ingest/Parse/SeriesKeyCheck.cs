using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// Finds a line's series key and checks that it is well formed and within the limits. Reusable; one thread.
/// </summary>
internal sealed class SeriesKeyCheck
{
    private readonly LineProtocolLimits _limits;
    private readonly Range[] _tagKeys;
    private ulong _traits;

    public SeriesKeyCheck(LineProtocolLimits limits)
    {
        _limits = limits;
        _tagKeys = new Range[limits.TagCountMax];
    }

    /// <summary>
    /// Where the key that starts at <paramref name="position"/> ends: at an unescaped ' ' or a line end.
    /// </summary>
    public static int FindEnd(ReadOnlySpan<byte> text, int position)
    {
        while (true)
        {
            int distance = text[position..].IndexOfAny((byte)' ', (byte)'\\', (byte)'\n');
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

    /// <summary>Checks the key at <paramref name="start"/>.</summary>
    /// <param name="text">The request's text up to the key's end.</param>
    /// <param name="start">Where the key begins.</param>
    /// <param name="tableEnd">Where the table's name ends.</param>
    /// <param name="error">Why the key is refused; reason None when it is not.</param>
    public bool TryCheck(ReadOnlySpan<byte> text, int start, out int tableEnd, out LineError error)
    {
        tableEnd = EscapedName.FindEnd(text, start, stopsAtEquals: false);
        if (tableEnd == start)
        {
            error = new LineError(RejectReason.MissingTable, start, default);
            return false;
        }

        if (IsTooLong(text[start..tableEnd], _limits.NameSizeBytesMax))
        {
            error = new LineError(RejectReason.NameTooLong, start, start..tableEnd);
            return false;
        }

        error = default;
        int position = tableEnd;
        int tagCount = 0;
        while (position < text.Length && TryCheckTag(text, ref position, tagCount, out error))
        {
            tagCount++;
        }

        return error.Reason == RejectReason.None;
    }

    private bool TryCheckTag(ReadOnlySpan<byte> text, ref int position, int tagCount, out LineError error)
    {
        int keyStart = position + 1; // Behind the ','.
        int keyEnd = EscapedName.FindEnd(text, keyStart);
        int valueStart = keyEnd + 1;
        if (keyEnd == keyStart || keyEnd == text.Length || text[keyEnd] != '=')
        {
            error = new LineError(RejectReason.MalformedTag, keyStart, keyStart..keyEnd);
            return false;
        }

        int valueEnd = EscapedName.FindEnd(text, valueStart);
        if (valueEnd == valueStart || (valueEnd < text.Length && text[valueEnd] != ','))
        {
            error = new LineError(RejectReason.MalformedTag, valueEnd, keyStart..keyEnd);
            return false;
        }

        position = valueEnd;
        ReadOnlySpan<byte> key = text[keyStart..keyEnd];
        RejectReason reason = RejectReason.None;
        if (tagCount == _tagKeys.Length)
        {
            reason = RejectReason.TooManyTags;
        }
        else if (EscapedName.IsReserved(key))
        {
            reason = RejectReason.NameConflict;
        }
        else if (IsTooLong(key, _limits.NameSizeBytesMax)
            || IsTooLong(text[valueStart..valueEnd], _limits.TagValueSizeBytesMax))
        {
            reason = RejectReason.NameTooLong;
        }
        else if (IsDuplicate(text, key, tagCount))
        {
            reason = RejectReason.DuplicateKey;
        }
        else
        {
            _tagKeys[tagCount] = keyStart..keyEnd;
        }

        error = reason == RejectReason.None ? default : new LineError(reason, keyStart, keyStart..keyEnd);
        return reason == RejectReason.None;
    }

    /// <summary>
    /// Spellings can be compared as sent: a tag key has one only, since its ',', '=' and ' ' must be escaped.
    /// </summary>
    private bool IsDuplicate(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, int tagCount)
    {
        // Keys that differ in their size or their ends need no comparison.
        int trait = key.Length + (key[0] * 3) + (key[^1] * 5);
        ulong bit = 1UL << (trait % 64);
        bool mayBeDuplicate = tagCount > 0 && (_traits & bit) != 0;
        _traits = tagCount == 0 ? bit : _traits | bit;
        if (!mayBeDuplicate)
        {
            return false;
        }

        foreach (Range earlier in _tagKeys.AsSpan(0, tagCount))
        {
            if (text[earlier].SequenceEqual(key))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsTooLong(ReadOnlySpan<byte> raw, int sizeBytesMax) =>
        raw.Length > sizeBytesMax && EscapedName.MeasureUnescaped(raw) > sizeBytesMax;
}
