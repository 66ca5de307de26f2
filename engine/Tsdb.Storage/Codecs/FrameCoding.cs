namespace Tsdb.Storage.Codecs;

// A frame; docs/formats/codecs.md, "Frame".
//
//   offset  size        field
//   0       1           width in bits, 0 to 64; bit 7 set when exceptions follow (only below width 64)
//   1       1 to 10     reference, signed varint
//   ..      packed      (value - reference) mod 2^width, see BitPacking
//   ..      1 to 2      number of exceptions, varint, 1 to the number of values
//   ..      2 to 12     per exception: positions skipped since the one before, varint; excess, signed varint
//
// value = reference + packed + excess * 2^width, modulo 2^64. Valid when every part is there and positions
// stay within the block.

/// <summary>Writes and reads values as a frame of reference with exceptions.</summary>
internal static class FrameCoding
{
    private const byte ExceptionFlag = 0x80;

    /// <summary>Writes exactly the plan's size.</summary>
    public static int Write(ReadOnlySpan<long> values, in FramePlan plan, Span<byte> target)
    {
        target[0] = (byte)(plan.Width | (plan.ExceptionCount > 0 ? ExceptionFlag : 0));
        int size = 1 + VarInt.WriteSigned(target[1..], plan.Reference);
        size += BitPacking.Pack(values, plan.Reference, plan.Width, target[size..]);
        if (plan.ExceptionCount > 0)
        {
            size += WriteExceptions(values, plan, target[size..]);
        }

        return size;
    }

    /// <summary>Takes a frame off the front of the source.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, Span<long> values)
    {
        if (source.IsEmpty)
        {
            return false;
        }

        int width = source[0] & ~ExceptionFlag;
        bool hasExceptions = source[0] >= ExceptionFlag;
        source = source[1..];
        if (width > (hasExceptions ? 63 : 64)
            || !VarInt.TryReadSigned(ref source, out long reference)
            || !BitPacking.TryUnpack(ref source, reference, width, values))
        {
            return false;
        }

        return !hasExceptions || TryPatch(ref source, width, values);
    }

    private static int WriteExceptions(ReadOnlySpan<long> values, in FramePlan plan, Span<byte> target)
    {
        int size = VarInt.Write(target, (ulong)plan.ExceptionCount);
        int next = 0;
        for (int i = 0; i < plan.ExceptionCount; i++)
        {
            int position = plan.FindOutside(values, next);
            size += VarInt.Write(target[size..], (ulong)(position - next));
            size += VarInt.WriteSigned(target[size..], plan.ExcessOf(values[position]));
            next = position + 1;
        }

        return size;
    }

    private static bool TryPatch(ref ReadOnlySpan<byte> source, int width, Span<long> values)
    {
        if (!VarInt.TryReadCount(ref source, 1, values.Length, out int exceptionCount))
        {
            return false;
        }

        int next = 0;
        for (int i = 0; i < exceptionCount; i++)
        {
            if (!VarInt.TryReadCount(ref source, 0, values.Length - 1 - next, out int skipped)
                || !VarInt.TryReadSigned(ref source, out long excess))
            {
                return false;
            }

            int position = next + skipped;
            values[position] = unchecked(values[position] + (excess << width));
            next = position + 1;
        }

        return true;
    }
}
