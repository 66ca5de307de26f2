using System.Buffers.Binary;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Writes values of 1 to 64 bits one after another, low bits first; the last byte is filled with zeros.
/// </summary>
internal ref struct BitWriter(Span<byte> target)
{
    private Span<byte> _target = target;
    private ulong _word;
    private int _bitCount;

    /// <summary>The value must have no bits above <paramref name="width"/>.</summary>
    public void Write(ulong value, int width)
    {
        _word |= value << _bitCount;
        _bitCount += width;
        if (_bitCount >= 64)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_target, _word);
            _target = _target[sizeof(ulong)..];
            _bitCount -= 64;
            _word = _bitCount == 0 ? 0 : value >> (width - _bitCount);
        }
    }

    public void Flush()
    {
        for (int i = 0; 8 * i < _bitCount; i++)
        {
            _target[i] = (byte)(_word >> (8 * i));
        }
    }
}
