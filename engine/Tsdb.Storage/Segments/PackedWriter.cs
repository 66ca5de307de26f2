using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Growing bytes of an index: LEB128 numbers (seven bits a byte, low first) and fixed little-endian ones.
/// </summary>
/// <remarks>Reusable; not thread safe. Read back by <see cref="PackedReader"/>.</remarks>
internal sealed class PackedWriter
{
    private readonly ByteSlab _bytes = new();

    public int SizeBytes => _bytes.SizeBytes;

    /// <summary>Bytes for which there is memory.</summary>
    public int CapacityBytes => _bytes.CapacityBytes;

    public ReadOnlySpan<byte> Span => _bytes.Span;

    public void Clear() => _bytes.Clear();

    public void WriteByte(byte value)
    {
        _bytes.Reserve(1)[0] = value;
        _bytes.Advance(1);
    }

    /// <summary>Room for <paramref name="sizeBytes"/>; <see cref="Advance"/> takes what was
    /// written.</summary>
    public Span<byte> Reserve(int sizeBytes) => _bytes.Reserve(sizeBytes);

    public void Advance(int sizeBytes) => _bytes.Advance(sizeBytes);

    /// <summary>Gives the memory back; the writer is empty and may be used again.</summary>
    public void Release() => _bytes.Release();

    public void WriteUnsigned(ulong value) => _bytes.Advance(
        VarInt.WriteUnchecked(ref MemoryMarshal.GetReference(_bytes.Reserve(VarInt.MaxSizeBytes)), value));

    /// <summary>Small magnitudes of either sign take few bytes: 0, -1, 1, -2 … become 0, 1, 2, 3 …</summary>
    public void WriteSigned(long value) =>
        _bytes.Advance(VarInt.WriteSigned(_bytes.Reserve(VarInt.MaxSizeBytes), value));

    public void WriteUnsigned(UInt128 value)
    {
        while (value > ulong.MaxValue)
        {
            WriteByte((byte)((byte)value | 0x80));
            value >>= 7;
        }

        WriteUnsigned((ulong)value);
    }

    public void WriteFixed(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.Reserve(4), value);
        _bytes.Advance(4);
    }

    public void WriteFixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.Reserve(8), value);
        _bytes.Advance(8);
    }

    public void Write(ReadOnlySpan<byte> bytes) => _bytes.Append(bytes);
}
