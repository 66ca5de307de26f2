using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Tsdb.Core;

namespace Tsdb.Ingest.Parse;

/// <summary>A request's text and how it is read, line by line.</summary>
internal ref struct LineText
{
    private readonly long _unitNs;
    private AsciiStretch _ascii;
    private ExpectedBytes _timestampText;
    private long _timestampNs;

    /// <param name="text">The request's text.</param>
    /// <param name="unitNs">Nanoseconds in one unit of its timestamps.</param>
    /// <param name="lineSizeBytesMax">The limit for a line.</param>
    /// <param name="keyCheck">Checks keys that are not known.</param>
    public LineText(ReadOnlySpan<byte> text, long unitNs, int lineSizeBytesMax, SeriesKeyCheck keyCheck)
    {
        Text = text;
        _unitNs = unitNs;
        LineSizeBytesMax = lineSizeBytesMax;
        KeyCheck = keyCheck;
    }

    public ReadOnlySpan<byte> Text { get; }

    public int LineSizeBytesMax { get; }

    public SeriesKeyCheck KeyCheck { get; }

    /// <summary>
    /// Reads the timestamp and the '\n' right behind it, to which <paramref name="position"/> moves.
    /// </summary>
    /// <param name="position">At least <see cref="ExpectedBytes.SizeBytesMax"/> before the text's
    /// end.</param>
    /// <param name="timestampNs">The event time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadTimestamp(ref int position, out long timestampNs)
    {
        // Senders of many devices read them all at the same time.
        if (_timestampText.SizeBytes > 0
            && _timestampText.StandAt(in Unsafe.Add(ref MemoryMarshal.GetReference(Text), position)))
        {
            position += _timestampText.SizeBytes - 1;
            timestampNs = _timestampNs;
            return true;
        }

        return TryReadOther(ref position, out timestampNs);
    }

    /// <summary>Whether a line is valid UTF-8. Lines come in order.</summary>
    public bool IsUtf8(int start, int end) =>
        _ascii.Covers(Text, start, end) || Utf8.IsValid(Text[start..end]);

    private bool TryReadOther(ref int position, out long timestampNs)
    {
        int start = position;
        RejectReason reason = TimestampReader.TryRead(Text, ref position, _unitNs, out timestampNs);
        if (reason != RejectReason.None || position == Text.Length || Text[position] != '\n'
            || position + 1 - start > ExpectedBytes.SizeBytesMax)
        {
            return false;
        }

        _timestampText = new ExpectedBytes(Text[start..(position + 1)]);
        _timestampNs = timestampNs;
        return true;
    }
}
