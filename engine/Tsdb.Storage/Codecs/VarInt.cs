using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Unsigned LEB128: seven bits a byte, low bits first, the top bit set on all bytes but the last; 1 to 10
/// bytes. Signed values are zig-zag coded first. Layout: docs/formats/codecs.md.
/// </summary>
internal static class VarInt
{
    public const int MaxSizeBytes = 10;

    private const ulong PayloadBits = 0x7F7F_7F7F_7F7F_7F7F;

    // Of values below this the bytes fit a word.
    private const ulong WordValueEnd = 1UL << 56;

    /// <summary>How many bytes <see cref="Write"/> takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SizeBytes(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) / 64;

    /// <summary>How many bytes <see cref="WriteSigned"/> takes.</summary>
    public static int SizeBytesSigned(long value) => SizeBytes(ZigZag(value));

    /// <summary>Writes the value and returns its size in bytes.</summary>
    public static int Write(Span<byte> target, ulong value)
    {
        int size = 0;
        while (value >= 0x80)
        {
            target[size++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[size++] = (byte)value;
        return size;
    }

    /// <summary>As <see cref="Write"/>; <see cref="MaxSizeBytes"/> bytes of room are proven.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteUnchecked(ref byte target, ulong value)
    {
        if (!Bmi2.X64.IsSupported || value >= WordValueEnd)
        {
            return WriteByBytes(ref target, value);
        }

        // No branch that depends on the size: of small numbers that is as good as random.
        int sizeBytes = SizeBytes(value);
        ulong more = ~PayloadBits & ((1UL << (8 * (sizeBytes - 1))) - 1);
        Unsafe.WriteUnaligned(ref target, Bmi2.X64.ParallelBitDeposit(value, PayloadBits) | more);
        return sizeBytes;
    }

    /// <summary>As <see cref="WriteSigned"/>; <see cref="MaxSizeBytes"/> bytes of room are proven.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteSignedUnchecked(ref byte target, long value) =>
        WriteUnchecked(ref target, ZigZag(value));

    /// <summary>Writes the value zig-zag coded and returns its size in bytes.</summary>
    public static int WriteSigned(Span<byte> target, long value) => Write(target, ZigZag(value));

    /// <summary>Takes one value off the front; false when it is cut off or longer than 64 bits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        int end = Math.Min(source.Length, MaxSizeBytes);
        for (int i = 0; i < end; i++)
        {
            byte part = source[i];
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                source = source[(i + 1)..];
                return i < MaxSizeBytes - 1 || part <= 1;
            }
        }

        return false;
    }

    /// <summary>As <see cref="TryRead"/>, undoing the zig-zag.</summary>
    public static bool TryReadSigned(ref ReadOnlySpan<byte> source, out long value)
    {
        bool isRead = TryRead(ref source, out ulong coded);
        value = (long)(coded >> 1) ^ -(long)(coded & 1);
        return isRead;
    }

    /// <summary>
    /// Takes a count off the front; false when it is not within the limits, or no count is: max below min.
    /// </summary>
    public static bool TryReadCount(ref ReadOnlySpan<byte> source, int min, int max, out int count)
    {
        bool isRead = TryRead(ref source, out ulong value);
        bool isValid = isRead && max >= min && value >= (ulong)min && value <= (ulong)max;
        count = isValid ? (int)value : 0;
        return isValid;
    }

    /// <summary>As <see cref="WriteUnchecked"/>, of any size on any machine.</summary>
    internal static int WriteByBytes(ref byte target, ulong value)
    {
        int size = 0;
        while (value >= 0x80)
        {
            Unsafe.Add(ref target, size++) = (byte)(value | 0x80);
            value >>= 7;
        }

        Unsafe.Add(ref target, size++) = (byte)value;
        return size;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}
