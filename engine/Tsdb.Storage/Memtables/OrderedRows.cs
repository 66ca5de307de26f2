using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Memtables.Sealing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Copies the rows of a tail in the order they have, that of time for most: column by column, out of the
/// chunks and the open rows.
/// </summary>
/// <remarks>Reusable; one thread.</remarks>
internal sealed class OrderedRows(Arena arena)
{
    private readonly ChunkReader _reader = new(arena);
    private readonly List<uint> _chunks = [];
    private readonly List<int> _shapeColumns = [];
    private RowShape? _wholeShape;
    private readonly long[] _timestampsNs = new long[TailLayout.OpenRowCountMax];
    private readonly long[] _values = new long[TailLayout.OpenRowCountMax];

    /// <summary>Replaces <paramref name="target"/> by the wanted columns of the rows inside the
    /// range.</summary>
    public void Copy(TailCopy tail, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        Start(tail, range, wanted, target);
        foreach (uint chunk in _chunks)
        {
            CopyChunk(chunk, tail.Shape, range, target);
        }

        CopyOpen(tail, range, target);
    }

    /// <summary>
    /// As <see cref="Copy"/>, for rows in any order: all of a chunk's rows come along when one may be inside.
    /// </summary>
    public void CopyAround(
        TailCopy tail, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        Start(tail, range, wanted, target);
        foreach (uint chunk in _chunks)
        {
            _reader.Open(chunk, tail.Shape);
            _reader.Read(0, _timestampsNs.AsSpan(0, tail.Shape.OpenRowCount));
            CopyRows(tail.Shape, 0, tail.Shape.OpenRowCount, target);
        }

        CopyOpen(tail, TimeRange.All, target);
    }

    private void Start(TailCopy tail, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        RowShape shape = tail.Shape;
        FindChunks(tail, range);
        target.EnsureCapacity((_chunks.Count * shape.OpenRowCount) + tail.OpenRowCount);
        if (wanted.IsEmpty)
        {
            target.StartOver(shape.Keys, shape.Types);
            ChooseAll(shape);
            return;
        }

        target.Clear();
        _wholeShape = null;
        _shapeColumns.Clear();
        for (int i = 0; i < shape.Keys.Length; i++)
        {
            if (wanted.BinarySearch(shape.Keys[i]) >= 0)
            {
                target.AddColumn(shape.Keys[i], shape.Types[i]);
                _shapeColumns.Add(i);
            }
        }
    }

    private void ChooseAll(RowShape shape)
    {
        if (ReferenceEquals(_wholeShape, shape))
        {
            return;
        }

        _shapeColumns.Clear();
        for (int i = 0; i < shape.Keys.Length; i++)
        {
            _shapeColumns.Add(i);
        }

        _wholeShape = shape;
    }

    private void FindChunks(TailCopy tail, TimeRange range)
    {
        _chunks.Clear();
        uint chunk = tail.FirstChunk;
        for (int i = 0; i < tail.ChunkCount; i++)
        {
            ReadOnlySpan<ulong> header = arena.Words(chunk, SealedChunk.HeaderWordCount);
            if ((long)header[SealedChunk.MaxTimestamp] >= range.FromNs
                && (long)header[SealedChunk.MinTimestamp] <= range.LastNs)
            {
                _chunks.Add(chunk);
            }

            chunk = (uint)header[SealedChunk.Next];
        }
    }

    private void CopyChunk(uint chunk, RowShape shape, TimeRange range, SeriesRows target)
    {
        _reader.Open(chunk, shape);
        Span<long> timestampsNs = _timestampsNs.AsSpan(0, shape.OpenRowCount);
        _reader.Read(0, timestampsNs);
        (int first, int count) = Segments.Merging.TimeBounds.Find(timestampsNs, range);
        if (count > 0)
        {
            CopyRows(shape, first, count, target);
        }
    }

    /// <summary>Copies rows of the open chunk, whose timestamps are read.</summary>
    private void CopyRows(RowShape shape, int first, int count, SeriesRows target)
    {
        int to = target.RowCount;
        _timestampsNs.AsSpan(first, count).CopyTo(target.TimestampsNs.AsSpan(to));
        bool isWhole = count == shape.OpenRowCount;
        for (int i = 0; i < _shapeColumns.Count; i++)
        {
            int column = _shapeColumns[i];
            Span<ulong> cells = target.ColumnSpan[i].Cells.AsSpan(to, count);
            Span<long> values = isWhole
                ? MemoryMarshal.Cast<ulong, long>(cells)
                : _values.AsSpan(0, shape.OpenRowCount);
            _reader.Read(RowShape.HeaderWordCount + column, values);
            if (!isWhole)
            {
                MemoryMarshal.Cast<long, ulong>(values.Slice(first, count)).CopyTo(cells);
            }

            if (shape.Types[column] == ColumnType.String)
            {
                CopyTexts(cells, target);
            }
        }

        target.RowCount = to + count;
    }

    private void CopyOpen(TailCopy tail, TimeRange range, SeriesRows target)
    {
        RowShape shape = tail.Shape;
        ReadOnlySpan<ulong> rows = tail.OpenRows;
        int stride = shape.StrideWordCount;
        int first = 0;
        while (first < tail.OpenRowCount && (long)rows[first * stride] < range.FromNs)
        {
            first++;
        }

        int to = target.RowCount;
        int count = 0;
        for (int row = first; row < tail.OpenRowCount && (long)rows[row * stride] <= range.LastNs; row++)
        {
            target.TimestampsNs[to + count++] = (long)rows[row * stride];
        }

        for (int i = 0; i < _shapeColumns.Count; i++)
        {
            int column = _shapeColumns[i];
            Span<ulong> cells = target.ColumnSpan[i].Cells.AsSpan(to, count);
            int word = (first * stride) + RowShape.HeaderWordCount + column;
            foreach (ref ulong cell in cells)
            {
                cell = rows[word];
                word += stride;
            }

            if (shape.Types[column] == ColumnType.String)
            {
                CopyTexts(cells, target);
            }
        }

        target.RowCount = to + count;
    }

    private void CopyTexts(Span<ulong> cells, SeriesRows target)
    {
        foreach (ref ulong cell in cells)
        {
            cell = ArenaText.CopyTo(arena, cell, target.Texts).ToCell();
        }
    }
}
