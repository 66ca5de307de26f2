namespace Tsdb.Query.Arrow.Reading;

/// <summary>The parts of one column of a loaded batch; each as long as the rows demand, contents
/// unchecked.</summary>
internal readonly record struct ArrowColumnBuffers
{
    /// <summary>A bit a row, 0 for null; empty when no row is null.</summary>
    public ReadOnlyMemory<byte> Validity { get; init; }

    /// <summary>Values, indexes, offsets or views.</summary>
    public ReadOnlyMemory<byte> Values { get; init; }

    /// <summary>What offsets point into.</summary>
    public ReadOnlyMemory<byte> Texts { get; init; }

    /// <summary>What views point into.</summary>
    public ReadOnlyMemory<byte>[]? ViewBuffers { get; init; }

    /// <summary>Whether the row is not null.</summary>
    public static bool IsValid(ReadOnlySpan<byte> validity, int row) =>
        validity.IsEmpty || ((validity[row >> 3] >> (row & 7)) & 1) != 0;

    /// <summary>Whether a row of the range is null.</summary>
    public bool HasNulls(int firstRow, int rowCount)
    {
        ReadOnlySpan<byte> validity = Validity.Span;
        int row = firstRow;
        int endRow = firstRow + rowCount;
        while (row < endRow && !validity.IsEmpty)
        {
            if ((row & 7) == 0 && endRow - row >= 8)
            {
                if (validity[row >> 3] != byte.MaxValue)
                {
                    return true;
                }

                row += 8;
                continue;
            }

            if (!IsValid(validity, row))
            {
                return true;
            }

            row++;
        }

        return false;
    }
}
