using System.Buffers.Binary;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Segments;

/// <summary>
/// Reads what <see cref="PackedWriter"/> wrote. Past the end, and at a number too long for its type, it gives
/// zeros and says so in <see cref="IsMalformed"/>, once and for all: callers check at the end.
/// </summary>
internal ref struct PackedReader(ReadOnlySpan<byte> source, int offsetBytes = 0)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _offsetBytes = offsetBytes;

    public bool IsMalformed { get; private set; }

    public readonly int OffsetBytes => _offsetBytes;

    public readonly bool IsAtEnd => _offsetBytes == _source.Length;

    public byte ReadByte()
    {
        if ((uint)_offsetBytes >= (uint)_source.Length)
        {
            return Fail();
        }

        return _source[_offsetBytes++];
    }

    public ulong ReadUnsigned()
    {
        if ((uint)_offsetBytes < (uint)_source.Length && _source[_offsetBytes] < 0x80)
        {
            return _source[_offsetBytes++];
        }

        ReadOnlySpan<byte> rest = _source[_offsetBytes..];
        if (!VarInt.TryRead(ref rest, out ulong value))
        {
            return Fail();
        }

        _offsetBytes = _source.Length - rest.Length;
        return value;
    }

    public long ReadSigned()
    {
        ulong value = ReadUnsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number that must not exceed <paramref name="max"/>.</summary>
    public int ReadCount(int max)
    {
        ulong value = ReadUnsigned();
        return value <= (ulong)max ? (int)value : Fail();
    }

    public UInt128 ReadUnsigned128()
    {
        UInt128 value = 0;
        for (int shift = 0; shift < 128; shift += 7)
        {
            byte next = ReadByte();
            value |= (UInt128)(next & 0x7Fu) << shift;
            if (next < 0x80)
            {
                return shift == 126 && next > 3 ? Fail() : value;
            }
        }

        return Fail();
    }

    public uint ReadFixed32()
    {
        if (_source.Length - _offsetBytes < sizeof(uint))
        {
            return Fail();
        }

        uint value = BinaryPrimitives.ReadUInt32LittleEndian(_source[_offsetBytes..]);
        _offsetBytes += sizeof(uint);
        return value;
    }

    public ulong ReadFixed64()
    {
        if (_source.Length - _offsetBytes < sizeof(ulong))
        {
            return Fail();
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_source[_offsetBytes..]);
        _offsetBytes += sizeof(ulong);
        return value;
    }

    public void Skip(int sizeBytes)
    {
        if ((uint)sizeBytes > (uint)(_source.Length - _offsetBytes))
        {
            Fail();
            return;
        }

        _offsetBytes += sizeBytes;
    }

    private byte Fail()
    {
        IsMalformed = true;
        _offsetBytes = _source.Length;
        return 0;
    }
}
