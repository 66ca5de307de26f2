using Tsdb.Core;

namespace Tsdb.Server.Results;

/// <summary>Timestamps as text, without a string: <c>2026-11-22T10:00:00.000000001Z</c>.</summary>
internal static class Rfc3339
{
    /// <summary>Bytes of every timestamp.</summary>
    public const int SizeBytes = 30;

    /// <summary>Writes the instant; exactly <see cref="SizeBytes"/> bytes.</summary>
    public static void Write(long timestampNs, Span<byte> target)
    {
        long seconds = Math.DivRem(timestampNs, Timestamp.NsPerSecond, out long fractionNs);
        if (fractionNs < 0)
        {
            seconds--;
            fractionNs += Timestamp.NsPerSecond;
        }

        DateTime date = DateTime.UnixEpoch.AddSeconds(seconds);
        WriteDigits(target[..4], date.Year);
        target[4] = (byte)'-';
        WriteDigits(target[5..7], date.Month);
        target[7] = (byte)'-';
        WriteDigits(target[8..10], date.Day);
        target[10] = (byte)'T';
        WriteDigits(target[11..13], date.Hour);
        target[13] = (byte)':';
        WriteDigits(target[14..16], date.Minute);
        target[16] = (byte)':';
        WriteDigits(target[17..19], date.Second);
        target[19] = (byte)'.';
        WriteDigits(target[20..29], (int)fractionNs);
        target[29] = (byte)'Z';
    }

    private static void WriteDigits(Span<byte> target, int value)
    {
        for (int i = target.Length - 1; i >= 0; i--)
        {
            (value, int digit) = Math.DivRem(value, 10);
            target[i] = (byte)('0' + digit);
        }
    }
}
