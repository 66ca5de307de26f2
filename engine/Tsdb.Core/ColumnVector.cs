using System.Runtime.InteropServices;

namespace Tsdb.Core;

/// <summary>
/// One column of a <see cref="ColumnBatch"/>: a 64-bit word for each row, read as <see cref="Type"/> says,
/// and an
/// optional bitmap of which rows are not NULL.
/// </summary>
/// <remarks>Reusable; not thread safe. A word under a NULL is undefined.</remarks>
public sealed class ColumnVector
{
    /// <summary>How the words are read. Set together with the content.</summary>
    public ResultType Type { get; set; }

    /// <summary>One word for each row; longer than the batch's row count, the rest undefined.</summary>
    public ulong[] Words { get; private set; } = [];

    /// <summary>Bit i (word i / 64, bit i % 64) is set where row i is not NULL. Unused when
    /// <see cref="HasNulls"/> is false.</summary>
    public ulong[] Validity { get; private set; } = [];

    /// <summary>Whether any row may be NULL, so that <see cref="Validity"/> must be looked at.</summary>
    public bool HasNulls { get; set; }

    /// <summary>The distinct texts that <see cref="ResultType.String"/> words index. Shared between batches;
    /// only grows.</summary>
    public IReadOnlyList<string> Texts { get; set; } = [];

    /// <summary>The words as IEEE 754 binary64.</summary>
    public Span<double> Doubles => MemoryMarshal.Cast<ulong, double>(Words.AsSpan());

    /// <summary>The words as 64-bit signed integers (also timestamps and durations).</summary>
    public Span<long> Longs => MemoryMarshal.Cast<ulong, long>(Words.AsSpan());

    /// <summary>Makes room for <paramref name="rowCount"/> rows; what was there is kept as far as it
    /// fits.</summary>
    public void EnsureCapacity(int rowCount)
    {
        if (rowCount > Words.Length)
        {
            ulong[] words = Words;
            Array.Resize(ref words, Math.Max(rowCount, Words.Length * 2));
            Words = words;
        }

        int validityWordCount = (Words.Length + 63) / 64;
        if (validityWordCount > Validity.Length)
        {
            ulong[] validity = Validity;
            Array.Resize(ref validity, validityWordCount);
            Validity = validity;
        }
    }

    /// <summary>Whether the row is NULL.</summary>
    public bool IsNull(int row) => HasNulls && (Validity[row >> 6] >> (row & 63) & 1) == 0;

    /// <summary>Marks the row as NULL. <see cref="ClearNulls"/> or <see cref="SetAllNull"/> came
    /// first.</summary>
    public void SetNull(int row)
    {
        HasNulls = true;
        Validity[row >> 6] &= ~(1UL << (row & 63));
    }

    /// <summary>Marks the row as not NULL.</summary>
    public void SetValid(int row) => Validity[row >> 6] |= 1UL << (row & 63);

    /// <summary>Starts with no row NULL; all of <see cref="Validity"/> is set.</summary>
    public void ClearNulls()
    {
        HasNulls = false;
        Array.Fill(Validity, ulong.MaxValue);
    }

    /// <summary>Starts with every row NULL.</summary>
    public void SetAllNull()
    {
        HasNulls = true;
        Array.Clear(Validity);
    }
}
