using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace Tsdb.Storage.Codecs;

/// <summary>CRC-32C (Castagnoli, reflected 0x82F63B78), the checksum of every file of ours.</summary>
/// <remarks>
/// The x86 instruction takes three cycles but starts one per cycle, so three strides are summed side by side
/// and joined by a table that advances a register over one stride of zero bytes.
/// </remarks>
internal static class Crc32C
{
    private const uint Polynomial = 0x82F6_3B78;
    private const int StrideBytes = 256;

    private static readonly uint[] _byteTable = BuildByteTable();
    private static readonly uint[] _strideTable = BuildStrideTable();

    /// <summary>The checksum of <paramref name="bytes"/>; 0 for none.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>
    /// The checksum of what <paramref name="crc"/> covers followed by <paramref name="bytes"/>.
    /// </summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (Sse42.X64.IsSupported)
        {
            return ~UpdateSse42(~crc, bytes);
        }

        return ArmCrc32.Arm64.IsSupported ? ~UpdateArm64(~crc, bytes) : AppendByTable(crc, bytes);
    }

    /// <summary>
    /// The same sum without any special instruction: the fallback, and the oracle of the others.
    /// </summary>
    public static uint AppendByTable(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint register = ~crc;
        foreach (byte value in bytes)
        {
            register = (register >> 8) ^ _byteTable[(byte)(register ^ value)];
        }

        return ~register;
    }

    private static uint UpdateSse42(uint register, ReadOnlySpan<byte> bytes)
    {
        ulong first = register;
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        int offset = 0;
        for (; bytes.Length - offset >= 3 * StrideBytes; offset += 3 * StrideBytes)
        {
            ulong second = 0;
            ulong third = 0;
            for (int i = offset; i < offset + StrideBytes; i += sizeof(ulong))
            {
                first = Sse42.X64.Crc32(first, ReadWord(ref source, i));
                second = Sse42.X64.Crc32(second, ReadWord(ref source, i + StrideBytes));
                third = Sse42.X64.Crc32(third, ReadWord(ref source, i + (2 * StrideBytes)));
            }

            first = AdvanceStride(AdvanceStride((uint)first) ^ (uint)second) ^ (uint)third;
        }

        for (; bytes.Length - offset >= sizeof(ulong); offset += sizeof(ulong))
        {
            first = Sse42.X64.Crc32(first, ReadWord(ref source, offset));
        }

        register = (uint)first;
        for (; offset < bytes.Length; offset++)
        {
            register = Sse42.Crc32(register, bytes[offset]);
        }

        return register;
    }

    private static uint UpdateArm64(uint register, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            register = ArmCrc32.Arm64.ComputeCrc32C(register, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            register = ArmCrc32.ComputeCrc32C(register, value);
        }

        return register;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadWord(ref byte source, int offset) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, offset));

    private static uint AdvanceStride(uint register) =>
        _strideTable[(byte)register]
        ^ _strideTable[256 + (byte)(register >> 8)]
        ^ _strideTable[512 + (byte)(register >> 16)]
        ^ _strideTable[768 + (register >> 24)];

    private static uint[] BuildByteTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint register = i;
            for (int bit = 0; bit < 8; bit++)
            {
                register = (register >> 1) ^ ((register & 1) * Polynomial);
            }

            table[i] = register;
        }

        return table;
    }

    private static uint[] BuildStrideTable()
    {
        uint[] table = new uint[4 * 256];
        for (int i = 0; i < table.Length; i++)
        {
            uint register = (uint)(i & 0xFF) << (8 * (i >> 8));
            for (int step = 0; step < StrideBytes; step++)
            {
                register = (register >> 8) ^ _byteTable[(byte)register];
            }

            table[i] = register;
        }

        return table;
    }
}
