using System.Numerics;

namespace Tsdb.Storage.Codecs;

/// <summary>Finds set or clear bits in a bitmap, a word at a time.</summary>
internal readonly ref struct BitScan(ReadOnlySpan<ulong> words, int bitCount)
{
    private readonly ReadOnlySpan<ulong> _words = words;
    private readonly int _bitCount = bitCount;

    /// <summary>
    /// The first bit at or after <paramref name="from"/> that is so; the number of bits if none is.
    /// </summary>
    public int Find(int from, bool isSet)
    {
        ulong flip = isSet ? 0 : ulong.MaxValue;
        for (int at = from; at < _bitCount; at = (at | 63) + 1)
        {
            ulong word = (_words[at >> 6] ^ flip) >> (at & 63);
            if (word != 0)
            {
                return Math.Min(_bitCount, at + BitOperations.TrailingZeroCount(word));
            }
        }

        return _bitCount;
    }
}
