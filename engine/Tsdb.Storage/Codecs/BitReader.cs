using System.Buffers.Binary;

namespace Tsdb.Storage.Codecs;

/// <summary>
/// Reads what <see cref="BitWriter"/> wrote. The caller knows that the source holds all it asks for.
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _source = source;
    private ulong _word;
    private int _bitCount;

    public ulong Read(int width)
    {
        ulong mask = ulong.MaxValue >> (64 - width);
        ulong value = _word;
        if (width <= _bitCount)
        {
            _word = width == 64 ? 0 : _word >> width;
            _bitCount -= width;
            return value & mask;
        }

        int taken = _bitCount;
        ulong next = NextWord();
        value |= next << taken;
        int used = width - taken;
        _word = used == 64 ? 0 : next >> used;
        _bitCount -= used;
        return value & mask;
    }

    private ulong NextWord()
    {
        if (_source.Length >= sizeof(ulong))
        {
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(_source);
            _source = _source[sizeof(ulong)..];
            _bitCount = 64;
            return word;
        }

        ulong tail = 0;
        for (int i = 0; i < _source.Length; i++)
        {
            tail |= (ulong)_source[i] << (8 * i);
        }

        _source = default;
        _bitCount = 64;
        return tail;
    }
}
