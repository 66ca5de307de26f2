namespace Tsdb.Storage.Codecs;

// One block of integers without its count; docs/formats/codecs.md, "Integer block". The first byte is the
// scheme:
//
//   0 Constant    value, signed varint
//   1 Frame       frame of the values
//   2 Delta       first value, signed varint; frame of n steps. value[i] = first + steps[1] + .. + steps[i];
//                 steps[0] is there to keep rows whole and is ignored
//   3 Linear      first and step, signed varints; frame of the distances.
//                 value[i] = first + i * step + distance[i]
//   4 Runs        number of runs - 1, varint; integer block of run values; integer block of run lengths - 1
//   5 Dictionary  number of entries - 1, varint; integer block of entries; codes, BitPacking at the width of
//                 (number of entries - 1)
//
// Blocks inside a block are of schemes 0 to 3. Sums wrap modulo 2^64.

/// <summary>Integer blocks: the part of every codec here that meets numbers.</summary>
internal static class IntegerBlock
{
    /// <summary>Room for any block of so many values.</summary>
    public static int MaxSizeBytes(int count) => (sizeof(long) * count) + 2 + VarInt.MaxSizeBytes;

    /// <summary>Writes the smallest form found and returns its size in bytes. 1 to 1024 values.</summary>
    public static int Write(ReadOnlySpan<long> values, Span<byte> target)
    {
        if (values.Length <= ShortIntegers.CountMax && target.Length >= ShortIntegers.RoomSizeBytes)
        {
            int shortSize = ShortIntegers.Write(values, target);
            if (shortSize > 0)
            {
                return shortSize;
            }
        }

        IntegerScratch scratch = IntegerScratch.Current;
        IntegerPlan plan = IntegerPlan.For(values, scratch.Steps, out int runCount);
        if (RunCoding.TryWrite(values, runCount, plan.SizeBytes, scratch, target, out int size)
            || DictionaryCoding.TryWrite(values, plan, scratch, target, out size))
        {
            return size;
        }

        return plan.Write(values, scratch.Steps, target);
    }

    /// <summary>Takes a block off the front of the source; false when it is malformed or cut off.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, Span<long> values)
    {
        if (source.IsEmpty)
        {
            return false;
        }

        switch ((IntegerScheme)source[0])
        {
            case IntegerScheme.Runs:
                source = source[1..];
                return RunCoding.TryRead(ref source, values, IntegerScratch.Current);
            case IntegerScheme.Dictionary:
                source = source[1..];
                return DictionaryCoding.TryRead(ref source, values, IntegerScratch.Current);
            default:
                return TryReadFlat(ref source, values);
        }
    }

    /// <summary>As <see cref="TryRead"/>, for a block inside a block.</summary>
    public static bool TryReadFlat(ref ReadOnlySpan<byte> source, Span<long> values)
    {
        if (source.IsEmpty)
        {
            return false;
        }

        IntegerScheme scheme = (IntegerScheme)source[0];
        source = source[1..];
        switch (scheme)
        {
            case IntegerScheme.Constant:
                bool isRead = VarInt.TryReadSigned(ref source, out long constant);
                values.Fill(constant);
                return isRead;
            case IntegerScheme.Frame:
                return FrameCoding.TryRead(ref source, values);
            case IntegerScheme.Delta:
                return TryReadDelta(ref source, values);
            case IntegerScheme.Linear:
                return TryReadLinear(ref source, values);
            default:
                return false;
        }
    }

    private static bool TryReadDelta(ref ReadOnlySpan<byte> source, Span<long> values)
    {
        if (!VarInt.TryReadSigned(ref source, out long first) || !FrameCoding.TryRead(ref source, values))
        {
            return false;
        }

        values[0] = 0;
        Trend.Accumulate(values, first);
        return true;
    }

    private static bool TryReadLinear(ref ReadOnlySpan<byte> source, Span<long> values)
    {
        if (!VarInt.TryReadSigned(ref source, out long first)
            || !VarInt.TryReadSigned(ref source, out long step)
            || !FrameCoding.TryRead(ref source, values))
        {
            return false;
        }

        Trend.AddLine(values, first, step);
        return true;
    }
}
