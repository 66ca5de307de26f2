using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Memtables;

/// <summary>Brings the rows of one series of a memtable into time order, versions of one row folded into
/// one.</summary>
/// <remarks>Reusable; one thread. The memtable is kept alive by the caller.</remarks>
internal sealed class MemtableSeriesReader(Arena arena, RowShapes shapes)
{
    private readonly RowOrder _order = new();
    private readonly RowFolder _folder = new(arena, shapes);

    /// <summary>Fills <paramref name="target"/> with the rows inside the range; false when there are
    /// none.</summary>
    /// <param name="shard">The series' shard.</param>
    /// <param name="place">The series' place in it.</param>
    /// <param name="range">Which rows.</param>
    /// <param name="wanted">Which cells, ascending; empty for all.</param>
    /// <param name="target">Cleared first.</param>
    public bool Collect(
        MemtableShard shard, int place, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        target.Clear();
        uint tail = shard.FirstTail(place);
        if (tail == 0 || range.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<ulong> head = arena.Words(tail, TailLayout.WordCount);
        int rowCount = (int)Volatile.Read(in head[TailLayout.RowCount]);
        bool isPlain = TailLayout.Low(head[TailLayout.NextAndShape]) == 0;

        // Rows that are being appended are not looked at, but may have set the mark already: that only costs
        // a sort.
        isPlain &= head[TailLayout.IsUnordered] == 0;
        if (isPlain)
        {
            CopyOrdered(head, rowCount, range, wanted, target);
        }
        else
        {
            CopyUnordered(tail, range, wanted, target);
        }

        return target.RowCount > 0;
    }

    private void CopyOrdered(
        ReadOnlySpan<ulong> head,
        int rowCount,
        TimeRange range,
        ReadOnlySpan<ColumnKey> wanted,
        SeriesRows target)
    {
        RowShape shape = shapes[(int)TailLayout.High(head[TailLayout.NextAndShape])];
        target.EnsureCapacity(rowCount);
        for (int i = 0; i < shape.Keys.Length; i++)
        {
            if (wanted.IsEmpty || wanted.BinarySearch(shape.Keys[i]) >= 0)
            {
                target.AddColumn(shape.Keys[i], shape.Types[i]);
            }
        }

        int left = rowCount;
        for (uint chunk = TailLayout.Low(head[TailLayout.FirstAndLastChunk]); left > 0;)
        {
            ulong header = arena.Words(chunk, 1)[0];
            int chunkRowCount = Math.Min(left, (int)TailLayout.High(header));
            ReadOnlySpan<ulong> rows = arena.Words(
                chunk + TailLayout.ChunkHeaderWordCount, chunkRowCount * shape.StrideWordCount);
            CopyChunk(rows, chunkRowCount, shape, range, target);
            left -= chunkRowCount;
            chunk = TailLayout.Low(header);
        }
    }

    private void CopyChunk(
        ReadOnlySpan<ulong> rows, int rowCount, RowShape shape, TimeRange range, SeriesRows target)
    {
        int stride = shape.StrideWordCount;
        int first = 0;
        while (first < rowCount && (long)rows[first * stride] < range.FromNs)
        {
            first++;
        }

        int end = first;
        int count = target.RowCount;
        while (end < rowCount && (long)rows[end * stride] <= range.LastNs)
        {
            target.TimestampsNs[count++] = (long)rows[end * stride];
            end++;
        }

        int column = 0;
        for (int i = 0; i < shape.Keys.Length; i++)
        {
            if (column == target.Columns.Count || target.Columns[column].Key != shape.Keys[i])
            {
                continue;
            }

            ulong[] cells = target.Columns[column++].Cells;
            int offset = RowShape.HeaderWordCount + i;
            bool isText = shape.Types[i] == ColumnType.String;
            int to = target.RowCount;
            for (int row = first; row < end; row++)
            {
                ulong cell = rows[(row * stride) + offset];
                cells[to++] = isText ? ArenaText.CopyTo(arena, cell, target.Texts).ToCell() : cell;
            }
        }

        target.RowCount = count;
    }

    private void CopyUnordered(
        uint firstTail, TimeRange range, ReadOnlySpan<ColumnKey> wanted, SeriesRows target)
    {
        _order.Clear();
        for (uint tail = firstTail; tail != 0;)
        {
            ReadOnlySpan<ulong> head = arena.Words(tail, TailLayout.WordCount);
            int left = (int)Volatile.Read(in head[TailLayout.RowCount]);
            int shapeIndex = (int)TailLayout.High(head[TailLayout.NextAndShape]);
            RowShape shape = shapes[shapeIndex];
            RowFolder.AddColumns(shape, wanted, target);
            uint chunk = TailLayout.Low(head[TailLayout.FirstAndLastChunk]);
            while (left > 0)
            {
                ulong header = arena.Words(chunk, 1)[0];
                int chunkRowCount = Math.Min(left, (int)TailLayout.High(header));
                AddRows(chunk + TailLayout.ChunkHeaderWordCount, chunkRowCount, shape, range);
                left -= chunkRowCount;
                chunk = TailLayout.Low(header);
            }

            tail = TailLayout.Low(head[TailLayout.NextAndShape]);
        }

        _order.Sort();
        target.EnsureCapacity(_order.Count);
        _folder.Fold(_order.Rows, target);
    }

    private void AddRows(uint firstRow, int rowCount, RowShape shape, TimeRange range)
    {
        int stride = shape.StrideWordCount;
        ReadOnlySpan<ulong> rows = arena.Words(firstRow, rowCount * stride);
        for (int row = 0; row < rowCount; row++)
        {
            int word = row * stride;
            long timestampNs = (long)rows[word];
            if (range.Contains(timestampNs))
            {
                _order.Add(new RowReference(
                    timestampNs, (uint)rows[word + 1], firstRow + (uint)word, shape.Index));
            }
        }
    }
}
