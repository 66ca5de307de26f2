using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Tsdb.Core;

/// <summary>
/// 64-bit hash of series keys: multiply and fold 128-bit products, as wyhash does. In memory only: never
/// stored, and seeded per process so that nobody outside can aim for collisions.
/// </summary>
public static class KeyHash
{
    private const ulong PrimeA = 0xA076_1D64_78BD_642F;
    private const ulong PrimeB = 0xE703_7ED1_A0B4_28DB;

    private static readonly ulong _seed = (ulong)Random.Shared.NextInt64() ^ PrimeA;

    /// <summary>The key's hash. O(length), no allocation.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key)
    {
        ulong state = _seed ^ (ulong)key.Length;
        ReadOnlySpan<byte> rest = key;
        if (rest.Length > 32)
        {
            // Two products at a time, each waiting only for its own predecessor.
            ulong other = state;
            do
            {
                state = FoldPair(rest, state);
                other = FoldPair(rest[16..], other);
                rest = rest[32..];
            }
            while (rest.Length > 32);

            state ^= other;
        }

        if (rest.Length > 16)
        {
            state = FoldPair(rest, state);
        }

        if (key.Length >= 16)
        {
            // The last 16 bytes, overlapping what went before: no partial word to assemble.
            ReadOnlySpan<byte> last = key[^16..];
            return Fold(
                BinaryPrimitives.ReadUInt64LittleEndian(last) ^ PrimeB,
                BinaryPrimitives.ReadUInt64LittleEndian(last[8..]) ^ state);
        }

        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        key.CopyTo(padded);
        return Fold(
            BinaryPrimitives.ReadUInt64LittleEndian(padded) ^ PrimeB,
            BinaryPrimitives.ReadUInt64LittleEndian(padded[8..]) ^ state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FoldPair(ReadOnlySpan<byte> bytes, ulong state) => Fold(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ PrimeA,
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) ^ state);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
