namespace Tsdb.Core;

/// <summary>
/// Looks through the sequences of an LZ4 block, before a decoder that takes a match of distance 0 and leaves
/// there what its target's memory held: somebody else's data, and other data each time.
/// </summary>
/// <remarks>
/// <code>
/// token              u8: literals (high 4 bits), match length less 4 (low 4 bits); 15: more bytes follow,
///                    each of 255 by another
/// literals           as many bytes
/// distance           u16, little-endian: at least 1
/// more match length  bytes, as above
/// </code>
/// The last sequence ends with its literals. LZ4 Block Format, 2022-07-31.
/// </remarks>
public static class Lz4Block
{
    private const int LengthMask = 15;

    /// <summary>Whether a match copies from where it is written, which the format forbids. What else is wrong
    /// the decoder finds.</summary>
    public static bool HasZeroDistance(ReadOnlySpan<byte> block)
    {
        int position = 0;
        while (position < block.Length)
        {
            int token = block[position++];
            long literalCount = ReadLength(block, token >> 4, ref position);
            if (literalCount > block.Length - position - sizeof(ushort))
            {
                return false;
            }

            position += (int)literalCount;
            if ((block[position] | block[position + 1]) == 0)
            {
                return true;
            }

            position += sizeof(ushort);
            ReadLength(block, token & LengthMask, ref position);
        }

        return false;
    }

    private static long ReadLength(ReadOnlySpan<byte> block, int low, ref int position)
    {
        long length = low;
        if (low != LengthMask)
        {
            return length;
        }

        while (position < block.Length)
        {
            byte more = block[position++];
            length += more;
            if (more != byte.MaxValue)
            {
                break;
            }
        }

        return length;
    }
}
