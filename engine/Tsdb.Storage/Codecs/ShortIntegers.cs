using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Integer blocks of a few values, to the same bytes as <see cref="IntegerBlock"/> finds for them, in one
/// pass: with many series of few rows each, what a block costs beside its values is all it costs.
/// </summary>
/// <remarks>
/// Up to five values neither runs nor a dictionary nor exceptions can win: what remains is a constant, a
/// line, a frame, or a frame of steps. Writes through references: the longest form takes a scheme, a first
/// value, a width, a reference and a word.
/// </remarks>
internal static class ShortIntegers
{
    /// <summary>Values in a block, at most.</summary>
    public const int CountMax = 5;

    /// <summary>Bytes that a block may touch.</summary>
    public const int RoomSizeBytes = 1 + VarInt.MaxSizeBytes + 1 + VarInt.MaxSizeBytes + sizeof(ulong);

    private const int WordBits = 64;

    /// <summary>
    /// Writes the smallest form; 0 when the values are too wide for one word and must go the long way.
    /// </summary>
    /// <param name="values">1 to <see cref="CountMax"/> values.</param>
    /// <param name="target">At least <see cref="RoomSizeBytes"/>.</param>
    /// <returns>The size in bytes.</returns>
    public static int Write(ReadOnlySpan<long> values, Span<byte> target)
    {
        Invariant.Holds(values.Length is > 0 and <= CountMax);
        Invariant.Holds(target.Length >= RoomSizeBytes);
        return Write(values, ShortSpread.Of(values), ref MemoryMarshal.GetReference(target));
    }

    /// <summary>As the other, for who knows the values' spread and has proven the room.</summary>
    public static int Write(ReadOnlySpan<long> values, in ShortSpread spread, ref byte target)
    {
        if (spread.Low == spread.High)
        {
            target = (byte)IntegerScheme.Constant;
            return 1 + VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref target, 1), spread.Low);
        }

        if (spread.LowStep == spread.HighStep)
        {
            return WriteLine(ref target, values[0], spread.LowStep);
        }

        int width = BitPacking.WidthOf(unchecked((ulong)(spread.High - spread.Low)));
        int stepWidth = BitPacking.WidthOf(unchecked((ulong)(spread.HighStep - spread.LowStep)));
        int frameBytes = VarInt.SizeBytesSigned(spread.Low) + BitPacking.SizeBytes(values.Length, width);
        int deltaBytes = VarInt.SizeBytesSigned(values[0]) + VarInt.SizeBytesSigned(spread.LowStep)
            + BitPacking.SizeBytes(values.Length, stepWidth);
        if (Math.Max(width, stepWidth) * values.Length > WordBits)
        {
            return 0;
        }

        return deltaBytes < frameBytes
            ? WriteDelta(ref target, values, stepWidth, spread.LowStep)
            : WriteFrame(ref target, values, width, spread.Low);
    }

    // All steps are alike, so the distances from the line are a frame of width 0 and reference 0.
    private static int WriteLine(ref byte target, long first, long step)
    {
        target = (byte)IntegerScheme.Linear;
        int size = 1 + VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref target, 1), first);
        size += VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref target, size), step);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, size), (ushort)0);
        return size + 2;
    }

    private static int WriteFrame(ref byte target, ReadOnlySpan<long> values, int width, long reference)
    {
        target = (byte)IntegerScheme.Frame;
        ulong word = 0;
        for (int i = values.Length - 1; i >= 0; i--)
        {
            word = (word << width) | unchecked((ulong)(values[i] - reference));
        }

        return 1 + WriteWord(ref Unsafe.Add(ref target, 1), values.Length, width, reference, word);
    }

    private static int WriteDelta(ref byte target, ReadOnlySpan<long> values, int width, long reference)
    {
        target = (byte)IntegerScheme.Delta;
        int size = 1 + VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref target, 1), values[0]);
        ulong word = 0;
        for (int i = values.Length - 1; i >= 0; i--)
        {
            // The first step repeats the second.
            int later = Math.Max(i, 1);
            word = (word << width) | unchecked((ulong)(values[later] - values[later - 1] - reference));
        }

        return size + WriteWord(ref Unsafe.Add(ref target, size), values.Length, width, reference, word);
    }

    private static int WriteWord(ref byte target, int count, int width, long reference, ulong word)
    {
        target = (byte)width;
        int size = 1 + VarInt.WriteSignedUnchecked(ref Unsafe.Add(ref target, 1), reference);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, size), word);
        return size + BitPacking.SizeBytes(count, width);
    }
}
