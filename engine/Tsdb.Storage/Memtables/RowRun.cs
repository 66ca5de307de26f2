using System.Runtime.InteropServices;

namespace Tsdb.Storage.Memtables;

/// <summary>Rows of one series, in order of arrival, as a stretch of columns.</summary>
/// <param name="words">The columns one behind the other, in the order of a row's words: timestamp, ordinal,
/// cells.</param>
/// <param name="columnLength">Rows from one column to the next.</param>
/// <param name="first">The first row of the stretch.</param>
/// <param name="count">Rows of the stretch.</param>
internal readonly ref struct RowRun(ReadOnlySpan<ulong> words, int columnLength, int first, int count)
{
    private readonly ReadOnlySpan<ulong> _words = words;
    private readonly int _columnLength = columnLength;
    private readonly int _first = first;

    public int Count { get; } = count;

    /// <summary>Some of the rows.</summary>
    public RowRun Slice(int first, int count) => new(_words, _columnLength, _first + first, count);

    /// <summary>One word of each row; integers and timestamps as they are, doubles as their bits.</summary>
    public ReadOnlySpan<long> Column(int word) =>
        MemoryMarshal.Cast<ulong, long>(_words.Slice((word * _columnLength) + _first, Count));

    /// <summary>Copies the rows as the memtable has them open, one behind the other.</summary>
    /// <param name="target">Room for all of them.</param>
    /// <param name="stride">Words of a row.</param>
    public void CopyTo(Span<ulong> target, int stride)
    {
        for (int column = 0; column < stride; column++)
        {
            int word = column;
            foreach (long value in Column(column))
            {
                target[word] = (ulong)value;
                word += stride;
            }
        }
    }
}
