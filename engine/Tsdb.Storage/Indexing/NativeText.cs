using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// Where a text of a <see cref="TextHeap"/> lies, in one word: its address, a multiple of eight below 2^47,
/// in the upper 44 bits, its length in the lower 20. Never 0.
/// </summary>
/// <remarks>Good as long as the heap is reachable.</remarks>
internal readonly unsafe struct NativeText
{
    /// <summary>The longest text there can be, in bytes.</summary>
    public const int SizeBytesMax = (1 << SizeBits) - 1;

    private const int SizeBits = 20;
    private const int AddressShift = SizeBits - AlignmentBits;
    private const int AlignmentBits = 3;

    public NativeText(byte* start, int sizeBytes)
    {
        Invariant.Holds((ulong)start >> 47 == 0);
        Invariant.Holds(((ulong)start & 7) == 0);
        Invariant.Holds((uint)sizeBytes <= SizeBytesMax);
        Packed = ((ulong)start << AddressShift) | (uint)sizeBytes;
    }

    private NativeText(ulong packed) => Packed = packed;

    public ulong Packed { get; }

    public byte* Start
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (byte*)((Packed >> SizeBits) << AlignmentBits);
    }

    public int SizeBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(Packed & SizeBytesMax);
    }

    public ReadOnlySpan<byte> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Start, SizeBytes);
    }

    /// <summary>Whether it is this text, byte for byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(ReadOnlySpan<byte> other)
    {
        if (other.Length != SizeBytes)
        {
            return false;
        }

        if (other.Length < Vector256<byte>.Count)
        {
            return Span.SequenceEqual(other);
        }

        // Whole vectors, the last of them overlapping: nothing is read beyond either end.
        byte* start = Start;
        ref byte origin = ref MemoryMarshal.GetReference(other);
        nuint last = (nuint)(other.Length - Vector256<byte>.Count);
        Vector256<byte> difference =
            Vector256.Load(start + last) ^ Vector256.LoadUnsafe(in origin, last);
        for (nuint at = 0; at < last; at += (nuint)Vector256<byte>.Count)
        {
            difference |= Vector256.Load(start + at) ^ Vector256.LoadUnsafe(in origin, at);
        }

        return difference == Vector256<byte>.Zero;
    }

    public static NativeText FromPacked(ulong packed) => new(packed);
}
