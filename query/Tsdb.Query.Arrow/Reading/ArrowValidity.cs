using Apache.Arrow;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Which rows of a foreign column are not null.</summary>
internal readonly ref struct ArrowValidity
{
    private readonly ReadOnlySpan<byte> _bits;
    private readonly int _firstBit;

    private ArrowValidity(ReadOnlySpan<byte> bits, int firstBit)
    {
        _bits = bits;
        _firstBit = firstBit;
    }

    /// <summary>Whether no row is null.</summary>
    public bool AllValid => _bits.IsEmpty;

    public static ArrowValidity Of(ArrayData data)
    {
        ReadOnlySpan<byte> bits = data.NullCount == 0 ? default : data.Buffers[0].Span;
        if (!bits.IsEmpty && bits.Length * 8L < (long)data.Offset + data.Length)
        {
            throw new ArrowInputException(
                "malformed Arrow batch: a validity bitmap is shorter than its column");
        }

        return new ArrowValidity(bits, data.Offset);
    }

    public bool IsValid(int row)
    {
        int bit = _firstBit + row;
        return _bits.IsEmpty || ((_bits[bit >> 3] >> (bit & 7)) & 1) != 0;
    }
}
