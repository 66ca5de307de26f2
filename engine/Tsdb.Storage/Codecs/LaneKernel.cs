using System.Runtime.CompilerServices;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Packs and unpacks rows of 16 lanes: value i is row i / 16, lane i % 16, and each lane is its own stream of
/// bits, low bits first, whose j-th word stands at word j * 16 + lane. So every vector width writes the same
/// bytes.
/// </summary>
/// <remarks>
/// Two vectors go side by side: it halves the loop's cost, and 2 x 8 lanes is the widest row.
/// </remarks>
internal static class LaneKernel
{
    public const int LaneCount = 16;

    /// <summary>
    /// Writes (value - reference) mod 2^width of whole rows. Full rows of words go to <paramref
    /// name="target"/>; the last one, if it is only partly filled, to <paramref name="partial"/>. Width is 1
    /// to 64, rows at least 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack<TLanes, TVector>(
        ref ulong source, int rowCount, int width, ulong reference, ref ulong target, ref ulong partial)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector references = TLanes.Repeat(reference);
        TVector mask = TLanes.Repeat(ulong.MaxValue >> (64 - width));
        for (int lane = 0; lane < LaneCount; lane += 2 * TLanes.Count)
        {
            TVector first = TLanes.Zero;
            TVector second = TLanes.Zero;
            int shift = 0;
            nuint wordIndex = (nuint)lane;
            nuint valueIndex = (nuint)lane;
            for (int row = 0; row < rowCount; row++, valueIndex += LaneCount)
            {
                TVector left = TLanes.Load(ref source, valueIndex);
                TVector right = TLanes.Load(ref source, valueIndex + (nuint)TLanes.Count);
                left = TLanes.And(TLanes.Subtract(left, references), mask);
                right = TLanes.And(TLanes.Subtract(right, references), mask);
                first = TLanes.Or(first, TLanes.ShiftLeft(left, shift));
                second = TLanes.Or(second, TLanes.ShiftLeft(right, shift));
                shift += width;
                if (shift >= 64)
                {
                    TLanes.Store(first, ref target, wordIndex);
                    TLanes.Store(second, ref target, wordIndex + (nuint)TLanes.Count);
                    wordIndex += LaneCount;
                    shift -= 64;
                    first = TLanes.Zero;
                    second = TLanes.Zero;
                    if (shift > 0)
                    {
                        first = TLanes.ShiftRight(left, width - shift);
                        second = TLanes.ShiftRight(right, width - shift);
                    }
                }
            }

            if (shift > 0)
            {
                TLanes.Store(first, ref partial, (nuint)lane);
                TLanes.Store(second, ref partial, (nuint)(lane + TLanes.Count));
            }
        }
    }

    /// <summary>
    /// Reads whole rows and adds the reference. The source holds ceil(rows * width / 64) rows of words and is
    /// never read beyond them. Width is 1 to 64, rows at least 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack<TLanes, TVector>(
        ref ulong source, int rowCount, int width, ulong reference, ref ulong target)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        TVector references = TLanes.Repeat(reference);
        TVector mask = TLanes.Repeat(ulong.MaxValue >> (64 - width));
        int lastRow = rowCount - 1;
        for (int lane = 0; lane < LaneCount; lane += 2 * TLanes.Count)
        {
            int shift = 0;
            nuint wordIndex = (nuint)lane;
            nuint valueIndex = (nuint)lane;
            TVector first = TLanes.Load(ref source, wordIndex);
            TVector second = TLanes.Load(ref source, wordIndex + (nuint)TLanes.Count);
            for (int row = 0; row < rowCount; row++, valueIndex += LaneCount)
            {
                TVector left = TLanes.ShiftRight(first, shift);
                TVector right = TLanes.ShiftRight(second, shift);
                shift += width;
                if (shift >= 64)
                {
                    shift -= 64;
                    if (shift > 0 || row < lastRow)
                    {
                        wordIndex += LaneCount;
                        first = TLanes.Load(ref source, wordIndex);
                        second = TLanes.Load(ref source, wordIndex + (nuint)TLanes.Count);
                    }

                    if (shift > 0)
                    {
                        left = TLanes.Or(left, TLanes.ShiftLeft(first, width - shift));
                        right = TLanes.Or(right, TLanes.ShiftLeft(second, width - shift));
                    }
                }

                left = TLanes.Add(TLanes.And(left, mask), references);
                right = TLanes.Add(TLanes.And(right, mask), references);
                TLanes.Store(left, ref target, valueIndex);
                TLanes.Store(right, ref target, valueIndex + (nuint)TLanes.Count);
            }
        }
    }
}
