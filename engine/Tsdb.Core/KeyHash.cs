using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using AesRounds = System.Runtime.Intrinsics.X86.Aes;

namespace Tsdb.Core;

/// <summary>
/// 64-bit hash of series keys: two chains of AES rounds where the processor has them, else products folded as
/// wyhash does. In memory only: never stored, and seeded per process so that nobody outside can aim for
/// collisions.
/// </summary>
/// <remarks>
/// Two rounds to 16 bytes: a difference in one block then meets five S-boxes at least before the next block
/// could cancel it. A hash is no proof of identity: whoever looks keys up by it compares them too.
/// </remarks>
public static class KeyHash
{
    private const ulong PrimeA = 0xA076_1D64_78BD_642F;
    private const ulong PrimeB = 0xE703_7ED1_A0B4_28DB;
    private const int BlockSizeBytes = 16;

    private static readonly Vector128<byte> _firstSeed = DrawSeed();
    private static readonly Vector128<byte> _secondSeed = DrawSeed();
    private static readonly ulong _seed = _firstSeed.AsUInt64()[0];

    /// <summary>The key's hash. O(length), no allocation.</summary>
    public static ulong Compute(ReadOnlySpan<byte> key) =>
        AesRounds.IsSupported && key.Length >= 2 * BlockSizeBytes
            ? ComputeByRounds(key)
            : ComputeByProducts(key);

    /// <summary>As <see cref="Compute"/> for keys of at least 32 bytes.</summary>
    private static ulong ComputeByRounds(ReadOnlySpan<byte> key)
    {
        ref byte origin = ref MemoryMarshal.GetReference(key);
        Vector128<byte> first = _firstSeed ^ Vector128.CreateScalar((ulong)key.Length).AsByte();
        Vector128<byte> second = _secondSeed;
        int last = key.Length - (2 * BlockSizeBytes);
        for (int at = 0; at < last; at += 2 * BlockSizeBytes)
        {
            first = Absorb(first, ref Unsafe.Add(ref origin, at));
            second = Absorb(second, ref Unsafe.Add(ref origin, at + BlockSizeBytes));
        }

        // The last 32 bytes, overlapping what went before: no partial block to assemble.
        first = Absorb(first, ref Unsafe.Add(ref origin, last));
        second = Absorb(second, ref Unsafe.Add(ref origin, last + BlockSizeBytes));
        Vector128<byte> both = AesRounds.Encrypt(AesRounds.Encrypt(first, _secondSeed), second);
        both = AesRounds.Encrypt(AesRounds.Encrypt(both, _firstSeed), _secondSeed);
        return both.AsUInt64()[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Absorb(Vector128<byte> state, ref readonly byte block) =>
        AesRounds.Encrypt(
            AesRounds.Encrypt(state, Vector128.LoadUnsafe(in block)), Vector128<byte>.Zero);

    private static Vector128<byte> DrawSeed()
    {
        Span<byte> seed = stackalloc byte[BlockSizeBytes];
        RandomNumberGenerator.Fill(seed);
        return Vector128.Create<byte>(seed);
    }

    /// <summary>As <see cref="Compute"/> on processors without AES rounds, and for short keys.</summary>
    internal static ulong ComputeByProducts(ReadOnlySpan<byte> key)
    {
        ulong state = _seed ^ (ulong)key.Length;
        ReadOnlySpan<byte> rest = key;
        if (rest.Length > 32)
        {
            // Two products at a time, each waiting only for its own predecessor.
            ulong other = state ^ PrimeB;
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

        ReadShort(key, out ulong head, out ulong tail);
        return Fold(head ^ PrimeB, tail ^ state);
    }

    /// <summary>All bytes of a key of less than 16, some of them twice; the length is in the state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReadShort(ReadOnlySpan<byte> key, out ulong head, out ulong tail)
    {
        if (key.Length >= 8)
        {
            head = BinaryPrimitives.ReadUInt64LittleEndian(key);
            tail = BinaryPrimitives.ReadUInt64LittleEndian(key[^8..]);
        }
        else if (key.Length >= 4)
        {
            head = BinaryPrimitives.ReadUInt32LittleEndian(key);
            tail = BinaryPrimitives.ReadUInt32LittleEndian(key[^4..]);
        }
        else
        {
            head = key.Length == 0 ? 0UL : key[0] | ((ulong)key[key.Length / 2] << 8);
            tail = key.Length == 0 ? 0UL : key[^1];
        }
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
