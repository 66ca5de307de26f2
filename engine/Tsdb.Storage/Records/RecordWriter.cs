using System.Buffers.Binary;
using Tsdb.Core;

namespace Tsdb.Storage.Records;

/// <summary>Appends the fields of log records: LEB128 numbers, length-prefixed bytes, fixed little-endian
/// words.</summary>
internal static class RecordWriter
{
    private const int VarIntSizeBytesMax = 10;

    public static void WriteByte(this ByteSlab target, byte value)
    {
        target.Reserve(1)[0] = value;
        target.Advance(1);
    }

    public static void WriteVarInt(this ByteSlab target, ulong value)
    {
        Span<byte> room = target.Reserve(VarIntSizeBytesMax);
        int sizeBytes = 0;
        while (value >= 0x80)
        {
            room[sizeBytes++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[sizeBytes++] = (byte)value;
        target.Advance(sizeBytes);
    }

    public static void WriteBytes(this ByteSlab target, ReadOnlySpan<byte> bytes)
    {
        target.WriteVarInt((ulong)bytes.Length);
        target.Append(bytes);
    }

    public static void WriteUInt32(this ByteSlab target, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target.Reserve(sizeof(uint)), value);
        target.Advance(sizeof(uint));
    }
}
