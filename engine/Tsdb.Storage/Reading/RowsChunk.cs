using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Reading;

/// <summary>Hands out rows that are in memory, in chunks of 1024: a memtable's, or what a merge
/// made.</summary>
internal sealed class RowsChunk
{
    private readonly ulong[][] _widened;
    private readonly ulong[][] _presence;
    private SeriesRows? _rows;
    private int _firstRow;
    private int _rowCount;
    private int _chunkFirstRow;
    private int _nextChunk;
    private int _chunkCount;
    private bool _isDescending;

    public RowsChunk(int columnCount)
    {
        _widened = new ulong[columnCount][];
        _presence = new ulong[columnCount][];
        for (int i = 0; i < columnCount; i++)
        {
            _widened[i] = new ulong[SegmentBlock.MaxRowCount];
            _presence[i] = new ulong[SegmentBlock.BitmapWordCount];
        }
    }

    public int RowCount { get; private set; }

    public ReadOnlySpan<long> TimestampsNs => _rows!.TimestampsNs.AsSpan(_chunkFirstRow, RowCount);

    public void Open(SeriesRows rows, TimeRange range, bool isDescending)
    {
        _rows = rows;
        _isDescending = isDescending;
        (_firstRow, _rowCount) = TimeBounds.Find(rows.TimestampsNs.AsSpan(0, rows.RowCount), range);
        _chunkCount = SegmentBlock.CountBlocks(_rowCount);
        _nextChunk = 0;
    }

    public void Close()
    {
        _rows = null;
        _chunkCount = 0;
        _nextChunk = 0;
    }

    public bool MoveNext()
    {
        if (_nextChunk >= _chunkCount)
        {
            return false;
        }

        int chunk = _isDescending ? _chunkCount - 1 - _nextChunk : _nextChunk;
        _nextChunk++;
        int offset = chunk * SegmentBlock.MaxRowCount;
        _chunkFirstRow = _firstRow + offset;
        RowCount = Math.Min(SegmentBlock.MaxRowCount, _rowCount - offset);
        return true;
    }

    public ColumnChunk Read(int index, ColumnKey key, ColumnType type)
    {
        int found = _rows!.FindColumn(key);
        if (found < 0)
        {
            return default;
        }

        RowColumn column = _rows.Columns[found];
        if (column.CountPresent(_chunkFirstRow, RowCount) == 0)
        {
            return default;
        }

        ReadOnlySpan<ulong> cells = column.Cells.AsSpan(_chunkFirstRow, RowCount);
        if (CellWidening.IsNeeded(key, column.Type, type))
        {
            CellWidening.Apply(cells, _widened[index]);
            cells = _widened[index].AsSpan(0, RowCount);
        }

        ReadOnlySpan<ulong> presence = column.Presence is null
            ? default
            : PresenceBits.From(column.Presence, _chunkFirstRow, RowCount, _presence[index]);
        return new ColumnChunk(type, cells, presence, _rows.Texts.Span);
    }
}
