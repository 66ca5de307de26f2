using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>A table of a foreign flatbuffer; every offset is checked before it is followed.</summary>
internal readonly ref struct FlatTable
{
    private const int VtableHeaderSizeBytes = 4;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _position;

    private FlatTable(ReadOnlySpan<byte> bytes, long position)
    {
        _bytes = bytes;
        _position = (int)position;
        Demand(position, sizeof(int));
    }

    /// <summary>The buffer's root table.</summary>
    public static FlatTable Root(ReadOnlySpan<byte> bytes)
    {
        FlatTable start = new(bytes, 0);
        return new FlatTable(bytes, start.ReadOffset(0));
    }

    /// <summary>A byte field; 0 when absent.</summary>
    public byte ReadByte(int field)
    {
        long position = Find(field);
        if (position == 0)
        {
            return 0;
        }

        Demand(position, sizeof(byte));
        return _bytes[(int)position];
    }

    /// <summary>A 16-bit field.</summary>
    public short ReadInt16(int field, short absent)
    {
        long position = Find(field);
        if (position == 0)
        {
            return absent;
        }

        Demand(position, sizeof(short));
        return BinaryPrimitives.ReadInt16LittleEndian(_bytes[(int)position..]);
    }

    /// <summary>A 32-bit field; 0 when absent.</summary>
    public int ReadInt32(int field)
    {
        long position = Find(field);
        if (position == 0)
        {
            return 0;
        }

        Demand(position, sizeof(int));
        return BinaryPrimitives.ReadInt32LittleEndian(_bytes[(int)position..]);
    }

    /// <summary>A text field; empty when absent.</summary>
    /// <exception cref="ArrowInputException">It is not UTF-8.</exception>
    public string ReadText(int field)
    {
        ReadOnlySpan<byte> bytes = ReadVector(field, sizeof(byte));
        return Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new ArrowInputException("malformed Arrow message: a name is not UTF-8");
    }

    /// <summary>The bytes of a vector of structs or numbers; empty when absent.</summary>
    public ReadOnlySpan<byte> ReadVector(int field, int elementSizeBytes)
    {
        int count = CountVector(field);
        if (count == 0)
        {
            return [];
        }

        long sizeBytes = count * (long)elementSizeBytes;
        long first = ReadOffset(Find(field)) + sizeof(int);
        if (sizeBytes > _bytes.Length - first)
        {
            throw Malformed();
        }

        return _bytes.Slice((int)first, (int)sizeBytes);
    }

    /// <summary>A 64-bit field; 0 when absent.</summary>
    public long ReadInt64(int field)
    {
        long position = Find(field);
        if (position == 0)
        {
            return 0;
        }

        Demand(position, sizeof(long));
        return BinaryPrimitives.ReadInt64LittleEndian(_bytes[(int)position..]);
    }

    /// <summary>Opens the table that a field points to.</summary>
    /// <returns>False when the field is absent.</returns>
    public bool TryOpen(int field, out FlatTable table)
    {
        long position = Find(field);
        table = position == 0 ? default : new FlatTable(_bytes, ReadOffset(position));
        return position != 0;
    }

    /// <summary>Elements of a vector field; 0 when absent.</summary>
    public int CountVector(int field)
    {
        long position = Find(field);
        if (position == 0)
        {
            return 0;
        }

        long vector = ReadOffset(position);
        Demand(vector, sizeof(int));
        int count = BinaryPrimitives.ReadInt32LittleEndian(_bytes[(int)vector..]);
        if (count < 0 || count > _bytes.Length)
        {
            throw Malformed();
        }

        return count;
    }

    /// <summary>Opens an element of a vector of tables.</summary>
    public FlatTable OpenInVector(int field, int index)
    {
        long element = ReadOffset(Find(field)) + sizeof(int) + (index * (long)sizeof(int));
        return new FlatTable(_bytes, ReadOffset(element));
    }

    // Position of a field's value, 0 when the table's vtable does not list it.
    private long Find(int field)
    {
        long vtable = _position - (long)BinaryPrimitives.ReadInt32LittleEndian(_bytes[_position..]);
        Demand(vtable, VtableHeaderSizeBytes);
        int vtableSizeBytes = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(int)vtable..]);
        int entry = VtableHeaderSizeBytes + (field * sizeof(ushort));
        if (entry + sizeof(ushort) > vtableSizeBytes)
        {
            return 0;
        }

        Demand(vtable + entry, sizeof(ushort));
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[(int)(vtable + entry)..]);
        return offset == 0 ? 0 : _position + offset;
    }

    // Offsets are unsigned and relative to where they stand, so following one always moves forward.
    private long ReadOffset(long position)
    {
        Demand(position, sizeof(uint));
        return position + BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(int)position..]);
    }

    private void Demand(long position, int sizeBytes)
    {
        if (position < 0 || position > _bytes.Length - sizeBytes)
        {
            throw Malformed();
        }
    }

    private static ArrowInputException Malformed() =>
        new("malformed Arrow message: an offset leaves the message");
}
