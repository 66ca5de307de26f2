using System.Runtime.CompilerServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Few distinct values that lie far apart; the layout is scheme 5 of <see cref="IntegerBlock"/>.
/// </summary>
internal static class DictionaryCoding
{
    private const int EntryCountMax = 256;
    private const int SlotCount = 1024;
    private const int SlotShift = 64 - 10;
    private const int SampleCount = 32;
    private const int WidthMin = 4;
    private const int WidthWide = 12;

    // Of 32 samples from 256 equally likely values 30 differ, of 16 values 14; more says that nothing repeats
    // enough.
    private const int SampleDistinctMax = 14;
    private const int SampleDistinctMaxWide = 29;

    /// <summary>Writes a dictionary when it takes less than <paramref name="plan"/>.</summary>
    [SkipLocalsInit]
    public static bool TryWrite(
        ReadOnlySpan<long> values,
        in IntegerPlan plan,
        IntegerScratch scratch,
        Span<byte> target,
        out int sizeBytes)
    {
        sizeBytes = 0;
        bool isWorthTrying = plan.Scheme != IntegerScheme.Constant
            && plan.Frame.Width >= WidthMin
            && values.Length >= SampleCount
            && IsRepetitive(values, plan.Frame.Width < WidthWide ? SampleDistinctMax : SampleDistinctMaxWide);
        Span<short> slots = stackalloc short[isWorthTrying ? SlotCount : 0];
        if (!isWorthTrying || !TryCollect(values, plan.Frame.Width, slots, scratch.Heads, out int entryCount))
        {
            return false;
        }

        Span<long> entries = scratch.Heads.AsSpan(0, entryCount);
        entries.Sort();
        IntegerPlan entryPlan = IntegerPlan.For(entries, scratch.Steps, out _);
        int width = BitPacking.WidthOf((ulong)(entryCount - 1));
        int headerBytes = 1 + VarInt.SizeBytes((ulong)(entryCount - 1));
        if (headerBytes + entryPlan.SizeBytes + BitPacking.SizeBytes(values.Length, width) >= plan.SizeBytes)
        {
            return false;
        }

        Span<long> codes = scratch.Codes.AsSpan(0, values.Length);
        Translate(values, entries, slots, codes);
        target[0] = (byte)IntegerScheme.Dictionary;
        sizeBytes = 1 + VarInt.Write(target[1..], (ulong)(entryCount - 1));
        sizeBytes += entryPlan.Write(entries, scratch.Steps, target[sizeBytes..]);
        sizeBytes += BitPacking.Pack(codes, 0, width, target[sizeBytes..]);
        return true;
    }

    /// <summary>Reads what follows the scheme byte.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, Span<long> values, IntegerScratch scratch)
    {
        if (!VarInt.TryReadCount(ref source, 0, EntryCountMax - 1, out int lastEntry))
        {
            return false;
        }

        Span<long> entries = scratch.Heads.AsSpan(0, lastEntry + 1);
        int width = BitPacking.WidthOf((ulong)lastEntry);
        if (!IntegerBlock.TryReadFlat(ref source, entries)
            || !BitPacking.TryUnpack(ref source, 0, width, values))
        {
            return false;
        }

        foreach (ref long value in values)
        {
            if ((ulong)value >= (ulong)entries.Length)
            {
                return false;
            }

            value = entries[(int)value];
        }

        return true;
    }

    [SkipLocalsInit]
    private static bool IsRepetitive(ReadOnlySpan<long> values, int distinctMax)
    {
        Span<long> seen = stackalloc long[SampleCount];
        int distinctCount = 0;
        for (int i = 0; i < SampleCount && distinctCount <= distinctMax; i++)
        {
            long value = values[i * values.Length / SampleCount];
            if (!seen[..distinctCount].Contains(value))
            {
                seen[distinctCount++] = value;
            }
        }

        return distinctCount <= distinctMax;
    }

    private static bool TryCollect(
        ReadOnlySpan<long> values, int plainWidth, Span<short> slots, Span<long> entries, out int entryCount)
    {
        int entryCountMax = Math.Min(EntryCountMax, 1 << Math.Min(plainWidth - 1, 8));
        slots.Fill(-1);
        entryCount = 0;
        foreach (long value in values)
        {
            ref short slot = ref FindSlot(value, entries, slots);
            if (slot < 0)
            {
                if (entryCount == entryCountMax)
                {
                    return false;
                }

                entries[entryCount] = value;
                slot = (short)entryCount++;
            }
        }

        return true;
    }

    private static void Translate(
        ReadOnlySpan<long> values, ReadOnlySpan<long> entries, Span<short> slots, Span<long> codes)
    {
        slots.Fill(-1);
        for (int i = 0; i < entries.Length; i++)
        {
            FindSlot(entries[i], entries, slots) = (short)i;
        }

        for (int i = 0; i < values.Length; i++)
        {
            codes[i] = FindSlot(values[i], entries, slots);
        }
    }

    private static ref short FindSlot(long value, ReadOnlySpan<long> entries, Span<short> slots)
    {
        int at = (int)(unchecked((ulong)value * 0x9E37_79B9_7F4A_7C15) >> SlotShift);
        while (slots[at] >= 0 && entries[slots[at]] != value)
        {
            at = (at + 1) & (SlotCount - 1);
        }

        return ref slots[at];
    }
}
