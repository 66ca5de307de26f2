using Tsdb.Core;
using Tsdb.Storage.Memtables.Sealing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Rows of one series that came late, or in several shapes: laid out as rows once more, put in order, and
/// folded.
/// </summary>
/// <remarks>Reusable; one thread.</remarks>
internal sealed class UnorderedRows(Arena arena, RowShapes shapes)
{
    private readonly ChunkReader _reader = new(arena);
    private readonly RowOrder _order = new();
    private readonly RowFolder _folder = new(arena, shapes);
    private readonly long[] _values = new long[TailLayout.OpenRowCountMax];
    private ulong[] _words = [];
    private int _wordCount;

    public void Clear()
    {
        _order.Clear();
        _wordCount = 0;
    }

    /// <summary>Adds a tail's rows inside the range, and its wanted columns to
    /// <paramref name="target"/>.</summary>
    public void Add(TailCopy tail, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        RowShape shape = tail.Shape;
        RowFolder.AddColumns(shape, wanted, target);
        uint chunk = tail.FirstChunk;
        for (int i = 0; i < tail.ChunkCount; i++)
        {
            ReadOnlySpan<ulong> header = arena.Words(chunk, SealedChunk.HeaderWordCount);
            if ((long)header[SealedChunk.MaxTimestamp] >= range.FromNs
                && (long)header[SealedChunk.MinTimestamp] <= range.LastNs)
            {
                _reader.Open(chunk, shape);
                AddRows(SpreadChunk(shape), shape, range);
            }

            chunk = (uint)header[SealedChunk.Next];
        }

        tail.OpenRows.CopyTo(Room(tail.OpenRows.Length));
        AddRows(tail.OpenRows.Length, shape, range);
    }

    /// <summary>Puts all rows in order and appends them to <paramref name="target"/>.</summary>
    public void Fold(SeriesRows target)
    {
        _order.Sort();
        target.EnsureCapacity(_order.Count);
        _folder.Fold(_order.Rows, _words, target);
    }

    /// <summary>Lays the open chunk's rows out behind those that are there; returns their words.</summary>
    private int SpreadChunk(RowShape shape)
    {
        int stride = shape.StrideWordCount;
        int wordCount = shape.OpenRowCount * stride;
        Span<ulong> rows = Room(wordCount);
        Span<long> values = _values.AsSpan(0, shape.OpenRowCount);
        for (int column = 0; column < stride; column++)
        {
            _reader.Read(column, values);
            int word = column;
            foreach (long value in values)
            {
                rows[word] = (ulong)value;
                word += stride;
            }
        }

        return wordCount;
    }

    private Span<ulong> Room(int wordCount)
    {
        if (_words.Length - _wordCount < wordCount)
        {
            Array.Resize(ref _words, Math.Max(_wordCount + wordCount, _words.Length * 2));
        }

        return _words.AsSpan(_wordCount, wordCount);
    }

    private void AddRows(int wordCount, RowShape shape, TimeRange range)
    {
        int stride = shape.StrideWordCount;
        int end = _wordCount + wordCount;
        for (int word = _wordCount; word < end; word += stride)
        {
            long timestampNs = (long)_words[word];
            if (range.Contains(timestampNs))
            {
                _order.Add(new RowReference(timestampNs, (uint)_words[word + 1], word, shape.Index));
            }
        }

        _wordCount = end;
    }
}
