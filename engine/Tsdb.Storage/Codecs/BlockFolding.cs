using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Least, greatest and sum of a block without decoding it into memory: for constants, plain frames and runs,
/// which are how noisy, slow and steady signals are stored. Others are decoded first, by whoever needs them.
/// </summary>
internal static class BlockFolding
{
    /// <summary>
    /// Folds what <see cref="IntegerCodec"/> wrote; false when the block is of a scheme that must be decoded,
    /// or malformed: decoding tells.
    /// </summary>
    /// <param name="source">Exactly the block.</param>
    /// <param name="count">Its values, 1 to 1024.</param>
    /// <param name="fold">Garbage when false.</param>
    public static bool TryFoldIntegers(ReadOnlySpan<byte> source, int count, out IntegerFold fold)
    {
        fold = default;
        return VarInt.TryReadCount(ref source, count, count, out _) && TryFoldBlock(source, count, out fold);
    }

    /// <summary>
    /// Folds the digits of what <see cref="DoubleCodec"/> wrote as decimals: the values are digits over
    /// 10^exponent, in the same order.
    /// </summary>
    /// <param name="source">Exactly the block.</param>
    /// <param name="count">Its values, 1 to 1024.</param>
    /// <param name="fold">Of the digits; garbage when false.</param>
    /// <param name="exponent">0 to <see cref="DecimalDigits.ExponentMax"/>.</param>
    public static bool TryFoldDecimals(
        ReadOnlySpan<byte> source, int count, out IntegerFold fold, out int exponent)
    {
        fold = default;
        exponent = 0;
        if (!VarInt.TryReadCount(ref source, count, count, out _)
            || source.Length < 2
            || source[0] != (byte)DoubleScheme.Decimal
            || source[1] > DecimalDigits.ExponentMax)
        {
            return false;
        }

        exponent = source[1];
        return TryFoldBlock(source[2..], count, out fold);
    }

    private static bool TryFoldBlock(ReadOnlySpan<byte> source, int count, out IntegerFold fold)
    {
        fold = default;
        if (source.IsEmpty)
        {
            return false;
        }

        IntegerScheme scheme = (IntegerScheme)source[0];
        source = source[1..];
        switch (scheme)
        {
            case IntegerScheme.Constant:
                bool isRead = VarInt.TryReadSigned(ref source, out long value) && source.IsEmpty;
                fold = new IntegerFold(value, value, (Int128)value * count);
                return isRead;
            case IntegerScheme.Frame:
                return TryFoldFrame(source, count, out fold);
            case IntegerScheme.Runs:
                return RunCoding.TryFold(source, count, IntegerScratch.Current, out fold);
            default:
                return false;
        }
    }

    /// <summary>Frames of whole words, without exceptions, whose sum and values cannot overflow.</summary>
    [SkipLocalsInit]
    private static bool TryFoldFrame(ReadOnlySpan<byte> source, int count, out IntegerFold fold)
    {
        fold = default;
        if (source.IsEmpty)
        {
            return false;
        }

        int width = source[0];
        int rowCount = count / LaneKernel.LaneCount;
        source = source[1..];
        if (width is 0 or > FoldKernel.WidthMax
            || rowCount * LaneKernel.LaneCount != count
            || rowCount * width % 64 != 0
            || !VarInt.TryReadSigned(ref source, out long reference)
            || reference > long.MaxValue - (1L << width)
            || source.Length != BitPacking.SizeBytes(count, width))
        {
            return false;
        }

        Span<ulong> lanes = stackalloc ulong[3 * LaneKernel.LaneCount];
        ref ulong words = ref Unsafe.As<byte, ulong>(ref MemoryMarshal.GetReference(source));
        FoldRows(ref words, rowCount, width, ref lanes[0]);
        ulong min = ulong.MaxValue;
        ulong max = 0;
        UInt128 sum = 0;
        for (int lane = 0; lane < LaneKernel.LaneCount; lane++)
        {
            min = Math.Min(min, lanes[lane]);
            max = Math.Max(max, lanes[LaneKernel.LaneCount + lane]);
            sum += lanes[(2 * LaneKernel.LaneCount) + lane];
        }

        fold = new IntegerFold(
            reference + (long)min, reference + (long)max, ((Int128)reference * count) + (Int128)sum);
        return true;
    }

    // The target has 16 lanes of least, 16 of greatest and 16 of sums.
    private static void FoldRows(ref ulong source, int rowCount, int width, ref ulong target)
    {
        if (width <= FoldKernel.NarrowWidthMax)
        {
            FoldRows<NarrowRange>(ref source, rowCount, width, ref target);
        }
        else
        {
            FoldRows<WideRange>(ref source, rowCount, width, ref target);
        }
    }

    private static void FoldRows<TRange>(ref ulong source, int rowCount, int width, ref ulong mins)
        where TRange : struct, IFoldRange
    {
        ref ulong maxs = ref Unsafe.Add(ref mins, LaneKernel.LaneCount);
        ref ulong sums = ref Unsafe.Add(ref mins, 2 * LaneKernel.LaneCount);
        if (Vector512.IsHardwareAccelerated)
        {
            FoldKernel.Fold<Lanes512, Vector512<ulong>, TRange>(
                ref source, rowCount, width, ref mins, ref maxs, ref sums);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            FoldKernel.Fold<Lanes256, Vector256<ulong>, TRange>(
                ref source, rowCount, width, ref mins, ref maxs, ref sums);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            FoldKernel.Fold<Lanes128, Vector128<ulong>, TRange>(
                ref source, rowCount, width, ref mins, ref maxs, ref sums);
        }
        else
        {
            FoldKernel.Fold<Lanes64, ulong, TRange>(
                ref source, rowCount, width, ref mins, ref maxs, ref sums);
        }
    }
}
