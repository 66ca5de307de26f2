using System.Buffers.Binary;
using System.Text;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Writing;

/// <summary>
/// Writes a flatbuffer front to back: a table first, then what it points to, so that every offset leads
/// forward.
/// </summary>
/// <remarks>
/// <code>
/// vtable   vtable size u16 · table size u16 · for each field: offset in the table u16, 0 when absent
/// table    i32 back to its vtable · the fields, each aligned to its size
/// vector   count u32 · elements          text   length u32 · UTF-8 · 0
/// </code>
/// FlatBuffers, "Internals", little-endian. Tables start at multiples of 8 from the buffer's first byte.
/// </remarks>
internal readonly struct FlatWriter(ByteSlab target, int origin)
{
    private const int Alignment = 8;

    /// <summary>Bytes since the buffer's first.</summary>
    public int SizeBytes => target.SizeBytes - origin;

    /// <summary>Adds a table and gives its place.</summary>
    /// <param name="fieldSizesBytes">1, 2, 4 or 8 for each field; 0 leaves it out.</param>
    public int AddTable(params ReadOnlySpan<int> fieldSizesBytes)
    {
        Span<int> offsets = stackalloc int[fieldSizesBytes.Length];
        int tableSizeBytes = sizeof(int);
        for (int i = 0; i < offsets.Length; i++)
        {
            int sizeBytes = fieldSizesBytes[i];
            if (sizeBytes > 0)
            {
                offsets[i] = (tableSizeBytes + sizeBytes - 1) / sizeBytes * sizeBytes;
                tableSizeBytes = offsets[i] + sizeBytes;
            }
        }

        int vtableSizeBytes = (2 + offsets.Length) * sizeof(ushort);
        Pad(Alignment);
        int vtable = SizeBytes;
        int table = (vtable + vtableSizeBytes + Alignment - 1) / Alignment * Alignment;
        AddZeros(table - vtable + tableSizeBytes);
        WriteInt16(vtable, (short)vtableSizeBytes);
        WriteInt16(vtable + 2, (short)tableSizeBytes);
        for (int i = 0; i < offsets.Length; i++)
        {
            WriteInt16(vtable + ((2 + i) * sizeof(ushort)), (short)offsets[i]);
        }

        WriteInt32(table, table - vtable);
        return table;
    }

    /// <summary>Adds a text and lets a field point to it.</summary>
    public void AddText(int pointer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int place = AddVector(pointer, bytes.Length, sizeof(byte), trailingBytes: 1);
        bytes.CopyTo(At(place));
    }

    /// <summary>Adds a vector of zeros, lets a field point to it, and gives the place of its first
    /// element.</summary>
    public int AddVector(int pointer, int count, int elementSizeBytes, int trailingBytes = 0)
    {
        // Elements of 8 bytes are aligned when the count before them ends at a multiple of 8.
        Pad(sizeof(int));
        if (elementSizeBytes >= Alignment && SizeBytes % Alignment == 0)
        {
            AddZeros(sizeof(int));
        }

        Point(pointer, SizeBytes);
        int place = SizeBytes + sizeof(int);
        AddZeros(sizeof(int) + (count * elementSizeBytes) + trailingBytes);
        WriteInt32(place - sizeof(int), count);
        return place;
    }

    /// <summary>Place of a table's field.</summary>
    public int FieldOf(int table, int field)
    {
        int vtable = table - BinaryPrimitives.ReadInt32LittleEndian(At(table));
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(At(vtable + ((2 + field) * sizeof(ushort))));
        Invariant.Holds(offset > 0);
        return table + offset;
    }

    /// <summary>Lets the offset at a place lead to another.</summary>
    public void Point(int pointer, int place)
    {
        Invariant.Holds(place > pointer);
        WriteInt32(pointer, place - pointer);
    }

    public void WriteByte(int place, byte value) => At(place)[0] = value;

    public void WriteInt16(int place, short value) =>
        BinaryPrimitives.WriteInt16LittleEndian(At(place), value);

    public void WriteInt32(int place, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(At(place), value);

    public void WriteInt64(int place, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(At(place), value);

    /// <summary>Adds zeros up to a multiple of <paramref name="alignment"/>.</summary>
    public void Pad(int alignment) => AddZeros((alignment - (SizeBytes % alignment)) % alignment);

    public void AddZeros(int sizeBytes)
    {
        target.Reserve(sizeBytes)[..sizeBytes].Clear();
        target.Advance(sizeBytes);
    }

    private Span<byte> At(int place) => target.Written[(origin + place)..];
}
