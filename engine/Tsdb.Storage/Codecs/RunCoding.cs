namespace Tsdb.Storage.Codecs;

/// <summary>Runs of equal values; the layout is scheme 4 of <see cref="IntegerBlock"/>.</summary>
internal static class RunCoding
{
    private const int RunLengthMeanMin = 3;

    /// <summary>Writes runs when they take less than <paramref name="limitBytes"/>.</summary>
    public static bool TryWrite(
        ReadOnlySpan<long> values,
        int runCount,
        int limitBytes,
        IntegerScratch scratch,
        Span<byte> target,
        out int sizeBytes)
    {
        sizeBytes = 0;
        if (runCount < 2 || runCount > values.Length / RunLengthMeanMin)
        {
            return false;
        }

        Span<long> heads = scratch.Heads.AsSpan(0, runCount);
        Span<long> lengths = scratch.Codes.AsSpan(0, runCount);
        Split(values, heads, lengths);
        IntegerPlan headPlan = IntegerPlan.For(heads, scratch.Steps, out _);
        IntegerPlan lengthPlan = IntegerPlan.For(lengths, scratch.Steps, out _);
        int headerBytes = 1 + VarInt.SizeBytes((ulong)(runCount - 1));
        if (headerBytes + headPlan.SizeBytes + lengthPlan.SizeBytes >= limitBytes)
        {
            return false;
        }

        target[0] = (byte)IntegerScheme.Runs;
        sizeBytes = 1 + VarInt.Write(target[1..], (ulong)(runCount - 1));
        sizeBytes += headPlan.Write(heads, scratch.Steps, target[sizeBytes..]);
        sizeBytes += lengthPlan.Write(lengths, scratch.Steps, target[sizeBytes..]);
        return true;
    }

    /// <summary>Reads what follows the scheme byte.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, Span<long> values, IntegerScratch scratch)
    {
        if (!TryReadRuns(ref source, values.Length, scratch, out int runCount))
        {
            return false;
        }

        ReadOnlySpan<long> heads = scratch.Heads.AsSpan(0, runCount);
        ReadOnlySpan<long> lengths = scratch.Codes.AsSpan(0, runCount);
        Span<long> rest = values;
        for (int run = 0; run < heads.Length; run++)
        {
            if ((ulong)lengths[run] >= (ulong)rest.Length)
            {
                return false;
            }

            int length = (int)lengths[run] + 1;
            rest[..length].Fill(heads[run]);
            rest = rest[length..];
        }

        return rest.IsEmpty;
    }

    /// <summary>Folds all that follows the scheme byte, run by run.</summary>
    public static bool TryFold(
        ReadOnlySpan<byte> source, int count, IntegerScratch scratch, out IntegerFold fold)
    {
        fold = default;
        if (!TryReadRuns(ref source, count, scratch, out int runCount) || !source.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<long> heads = scratch.Heads.AsSpan(0, runCount);
        ReadOnlySpan<long> lengths = scratch.Codes.AsSpan(0, runCount);
        long min = long.MaxValue;
        long max = long.MinValue;
        Int128 sum = 0;
        int restCount = count;
        for (int run = 0; run < heads.Length; run++)
        {
            if ((ulong)lengths[run] >= (ulong)restCount)
            {
                return false;
            }

            int length = (int)lengths[run] + 1;
            min = Math.Min(min, heads[run]);
            max = Math.Max(max, heads[run]);
            sum += (Int128)heads[run] * length;
            restCount -= length;
        }

        fold = new IntegerFold(min, max, sum);
        return restCount == 0;
    }

    /// <summary>Runs' values and their lengths less 1, unchecked, to the scratch's heads and codes.</summary>
    private static bool TryReadRuns(
        ref ReadOnlySpan<byte> source, int count, IntegerScratch scratch, out int runCount)
    {
        runCount = 0;
        if (!VarInt.TryReadCount(ref source, 0, count - 1, out int lastRun))
        {
            return false;
        }

        runCount = lastRun + 1;
        return IntegerBlock.TryReadFlat(ref source, scratch.Heads.AsSpan(0, runCount))
            && IntegerBlock.TryReadFlat(ref source, scratch.Codes.AsSpan(0, runCount));
    }

    // Writes each value as if it started a run and steps on only if it did: no branch to mispredict.
    private static void Split(ReadOnlySpan<long> values, Span<long> heads, Span<long> lengths)
    {
        int run = 0;
        long previous = values[0];
        heads[0] = previous;
        lengths[0] = 0;
        for (int i = 1; i < values.Length; i++)
        {
            long value = values[i];
            run += value != previous ? 1 : 0;
            previous = value;
            heads[run] = value;
            lengths[run] = i;
        }

        // So far each run has the position of its last value.
        for (; run > 0; run--)
        {
            lengths[run] -= lengths[run - 1] + 1;
        }
    }
}
