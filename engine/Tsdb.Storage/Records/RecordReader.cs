using System.Buffers.Binary;

namespace Tsdb.Storage.Records;

/// <summary>
/// Reads what <see cref="RecordWriter"/> wrote. Every length is checked: after the first field that does not
/// fit,
/// <see cref="IsBroken"/> is set and every further read gives zero or nothing.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    public bool IsBroken { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>What is left to read, bytes.</summary>
    public readonly int RestSizeBytes => _rest.Length;

    public byte ReadByte()
    {
        ReadOnlySpan<byte> bytes = Take(1);
        return bytes.IsEmpty ? (byte)0 : bytes[0];
    }

    public uint ReadUInt32()
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(uint));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadVarInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if ((part & 0x80) == 0)
            {
                return value;
            }
        }

        IsBroken = true;
        return 0;
    }

    /// <summary>Reads a number that must not exceed a limit: a count, an id or a length.</summary>
    public int ReadInt32(int max = int.MaxValue)
    {
        ulong value = ReadVarInt();
        if (value > (ulong)max)
        {
            IsBroken = true;
            return 0;
        }

        return (int)value;
    }

    public ReadOnlySpan<byte> ReadBytes() => Take(ReadInt32());

    /// <summary>Reads exactly so many bytes, or none when they are not there.</summary>
    public ReadOnlySpan<byte> ReadFixed(int sizeBytes) => Take(sizeBytes);

    private ReadOnlySpan<byte> Take(int sizeBytes)
    {
        if (IsBroken || sizeBytes > _rest.Length)
        {
            IsBroken = true;
            _rest = default;
            return default;
        }

        ReadOnlySpan<byte> bytes = _rest[..sizeBytes];
        _rest = _rest[sizeBytes..];
        return bytes;
    }
}
