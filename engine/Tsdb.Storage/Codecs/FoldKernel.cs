using System.Runtime.CompilerServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Unpacks rows of 16 lanes, as <see cref="LaneKernel"/> describes them, only to fold them: least, greatest
/// and sum stay in registers, nothing is stored. One kernel text for every vector width.
/// </summary>
internal static class FoldKernel
{
    /// <summary>Above it, 64 rows of a lane could overflow its sum.</summary>
    public const int WidthMax = 58;

    /// <summary>Above it, a value takes more than half a lane.</summary>
    public const int NarrowWidthMax = 32;

    /// <summary>
    /// Folds whole rows. The source holds ceil(rows * width / 64) rows of words and is never read beyond
    /// them. Each target gets 16 lanes.
    /// </summary>
    /// <param name="source">The first word of the block.</param>
    /// <param name="rowCount">1 to 64.</param>
    /// <param name="width">1 to <see cref="WidthMax"/>.</param>
    /// <param name="mins">The least of each lane.</param>
    /// <param name="maxs">The greatest of each lane.</param>
    /// <param name="sums">The sum of each lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold<TLanes, TVector, TRange>(
        ref ulong source, int rowCount, int width, ref ulong mins, ref ulong maxs, ref ulong sums)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TRange : struct, IFoldRange
    {
        TVector mask = TLanes.Repeat(ulong.MaxValue >> (64 - width));
        int lastRow = rowCount - 1;
        for (int lane = 0; lane < LaneKernel.LaneCount; lane += 2 * TLanes.Count)
        {
            int shift = 0;
            nuint wordIndex = (nuint)lane;
            TVector first = TLanes.Load(ref source, wordIndex);
            TVector second = TLanes.Load(ref source, wordIndex + (nuint)TLanes.Count);
            TVector min = mask;
            TVector secondMin = mask;
            TVector max = TLanes.Zero;
            TVector secondMax = TLanes.Zero;
            TVector sum = TLanes.Zero;
            TVector secondSum = TLanes.Zero;
            for (int row = 0; row < rowCount; row++)
            {
                TVector left = TLanes.ShiftRight(first, shift);
                TVector right = TLanes.ShiftRight(second, shift);
                shift += width;
                if (shift >= 64)
                {
                    shift -= 64;
                    if (shift > 0 || row < lastRow)
                    {
                        wordIndex += LaneKernel.LaneCount;
                        first = TLanes.Load(ref source, wordIndex);
                        second = TLanes.Load(ref source, wordIndex + (nuint)TLanes.Count);
                    }

                    if (shift > 0)
                    {
                        left = TLanes.Or(left, TLanes.ShiftLeft(first, width - shift));
                        right = TLanes.Or(right, TLanes.ShiftLeft(second, width - shift));
                    }
                }

                left = TLanes.And(left, mask);
                right = TLanes.And(right, mask);
                sum = TLanes.Add(sum, left);
                secondSum = TLanes.Add(secondSum, right);
                min = Lesser<TLanes, TVector, TRange>(min, left);
                secondMin = Lesser<TLanes, TVector, TRange>(secondMin, right);
                max = Greater<TLanes, TVector, TRange>(max, left);
                secondMax = Greater<TLanes, TVector, TRange>(secondMax, right);
            }

            TLanes.Store(min, ref mins, (nuint)lane);
            TLanes.Store(secondMin, ref mins, (nuint)(lane + TLanes.Count));
            TLanes.Store(max, ref maxs, (nuint)lane);
            TLanes.Store(secondMax, ref maxs, (nuint)(lane + TLanes.Count));
            TLanes.Store(sum, ref sums, (nuint)lane);
            TLanes.Store(secondSum, ref sums, (nuint)(lane + TLanes.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Lesser<TLanes, TVector, TRange>(TVector left, TVector right)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TRange : struct, IFoldRange =>
        TRange.IsNarrow ? TLanes.MinNarrow(left, right) : TLanes.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Greater<TLanes, TVector, TRange>(TVector left, TVector right)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
        where TRange : struct, IFoldRange =>
        TRange.IsNarrow ? TLanes.MaxNarrow(left, right) : TLanes.Max(left, right);
}
