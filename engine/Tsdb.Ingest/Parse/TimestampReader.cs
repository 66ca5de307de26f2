using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>
/// Reads a line's timestamp: an integer in the request's precision, or in its own with QuestDB's suffix.
/// </summary>
internal static class TimestampReader
{
    private const int WordCountMax = 3;
    private const int DigitCountMax = 19;

    /// <summary>
    /// Reads the timestamp at <paramref name="position"/>, which moves behind it; on a refusal it stays.
    /// </summary>
    /// <param name="text">The request's text.</param>
    /// <param name="position">Where the timestamp begins.</param>
    /// <param name="unitNs">
    /// Nanoseconds in one unit; the suffixes <c>t</c> (µs) and <c>n</c> (ns) say otherwise.
    /// </param>
    /// <param name="timestampNs">The event time.</param>
    /// <returns>None, MalformedTimestamp or TimestampOutOfRange.</returns>
    public static RejectReason TryRead(
        ReadOnlySpan<byte> text, ref int position, long unitNs, out long timestampNs)
    {
        timestampNs = 0;
        int index = position;
        if (text.Length - index >= (WordCountMax + 1) * DigitWords.WordSize)
        {
            ulong magnitude = 0;
            int digitCount = DigitWords.WordSize;
            for (int i = 0; i < WordCountMax && digitCount == DigitWords.WordSize; i++)
            {
                ulong word = DigitWords.Read(text, index);
                digitCount = DigitWords.Count(word);
                index += digitCount;
                if (digitCount > 0)
                {
                    ulong power = DigitWords.PowersOfTen[digitCount];
                    magnitude = unchecked((magnitude * power) + DigitWords.ToNumber(word, digitCount));
                }
            }

            int sizeBytes = index - position;
            if (sizeBytes is > 0 and <= DigitCountMax && magnitude <= long.MaxValue && IsEnd(text, index))
            {
                return Scale((long)magnitude, unitNs, index, ref position, out timestampNs);
            }
        }

        return TryReadAny(text, ref position, unitNs, out timestampNs);
    }

    private static RejectReason TryReadAny(
        ReadOnlySpan<byte> text, ref int position, long unitNs, out long timestampNs)
    {
        timestampNs = 0;
        int end = position;
        while (!IsEnd(text, end))
        {
            end++;
        }

        ReadOnlySpan<byte> token = text[position..end];
        if (!token.IsEmpty && token[^1] is (byte)'t' or (byte)'n')
        {
            unitNs = token[^1] == 't' ? 1_000 : 1;
            token = token[..^1];
        }

        return IntegerText.TryRead(token, out long value) switch
        {
            RejectReason.None => Scale(value, unitNs, end, ref position, out timestampNs),
            RejectReason.IntegerOutOfRange => RejectReason.TimestampOutOfRange,
            _ => RejectReason.MalformedTimestamp,
        };
    }

    private static RejectReason Scale(
        long value, long unitNs, int end, ref int position, out long timestampNs)
    {
        Int128 scaled = (Int128)value * unitNs;
        timestampNs = unchecked((long)scaled);
        if (scaled != timestampNs)
        {
            return RejectReason.TimestampOutOfRange;
        }

        position = end;
        return RejectReason.None;
    }

    private static bool IsEnd(ReadOnlySpan<byte> text, int position) =>
        position >= text.Length || text[position] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';
}
