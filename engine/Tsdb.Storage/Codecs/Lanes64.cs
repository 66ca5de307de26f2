using System.Runtime.CompilerServices;

namespace Tsdb.Storage.Codecs;

/// <summary>One lane in a plain register: the fallback, and the oracle of the vectors.</summary>
internal readonly struct Lanes64 : ILanes<ulong>
{
    public static int Count => 1;

    public static ulong Zero => 0;

    public static ulong Repeat(ulong value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Load(ref ulong source, nuint index) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ulong, byte>(ref Unsafe.Add(ref source, index)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ulong value, ref ulong target, nuint index) =>
        Unsafe.WriteUnaligned(ref Unsafe.As<ulong, byte>(ref Unsafe.Add(ref target, index)), value);

    public static ulong Add(ulong left, ulong right) => unchecked(left + right);

    public static ulong Subtract(ulong left, ulong right) => unchecked(left - right);

    public static ulong And(ulong left, ulong right) => left & right;

    public static ulong Or(ulong left, ulong right) => left | right;

    public static ulong ShiftLeft(ulong value, int bitCount) => value << bitCount;

    public static ulong ShiftRight(ulong value, int bitCount) => value >> bitCount;

    public static ulong Min(ulong left, ulong right) => Math.Min(left, right);

    public static ulong Max(ulong left, ulong right) => Math.Max(left, right);

    public static ulong MinNarrow(ulong left, ulong right) => Math.Min(left, right);

    public static ulong MaxNarrow(ulong left, ulong right) => Math.Max(left, right);
}
