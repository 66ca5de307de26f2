using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Reading;

/// <summary>A chunk that is one stored block, or the part of it inside the range; decodes what is asked for,
/// once.</summary>
internal sealed class BlockChunk
{
    private readonly long[] _timestampsNs = new long[SegmentBlock.MaxRowCount];
    private readonly ColumnBuffer[] _columns;
    private SeriesBlocks? _blocks;
    private int _block;
    private bool _isWhole;
    private bool _hasTimestamps;
    private int _firstRow;

    public BlockChunk(int columnCount)
    {
        _columns = new ColumnBuffer[columnCount];
        for (int i = 0; i < columnCount; i++)
        {
            _columns[i] = new ColumnBuffer();
        }
    }

    public int RowCount { get; private set; }

    public long FirstTimestampNs { get; private set; }

    public long LastTimestampNs { get; private set; }

    public ReadOnlySpan<long> TimestampsNs
    {
        get
        {
            DecodeTimestamps();
            return _timestampsNs.AsSpan(_firstRow, RowCount);
        }
    }

    /// <summary>Goes to a block; false when none of its rows are inside the range.</summary>
    public bool Open(SeriesBlocks blocks, int block, TimeRange range)
    {
        _blocks = blocks;
        _block = block;
        _hasTimestamps = false;
        _firstRow = 0;
        foreach (ColumnBuffer column in _columns)
        {
            column.IsDecoded = false;
        }

        RowCount = blocks.GetRowCount(block);
        FirstTimestampNs = blocks.GetFirstTimestampNs(block);
        LastTimestampNs = blocks.GetLastTimestampNs(block);
        _isWhole = range.Covers(FirstTimestampNs, LastTimestampNs);
        return _isWhole || Clip(range);
    }

    public bool TryGetStatistics(ColumnKey key, ColumnType type, out ColumnStatistics statistics)
    {
        statistics = default;
        if (!_isWhole || key.Kind != CellKind.Value)
        {
            return false;
        }

        int column = _blocks!.FindColumn(key);
        if (column < 0 || _blocks.GetPresentCount(_block, column) == 0)
        {
            return true;
        }

        if (!_blocks.TryGetStatistics(_block, column, out BlockStatistics block))
        {
            return false;
        }

        bool widens = CellWidening.IsNeeded(key, _blocks.GetColumn(column).Type, type);
        statistics = new ColumnStatistics(
            block.PresentCount,
            widens ? CellWidening.Apply(block.Min) : block.Min,
            widens ? CellWidening.Apply(block.Max) : block.Max,
            widens ? CellWidening.Apply(block.First) : block.First,
            widens ? CellWidening.Apply(block.Last) : block.Last,
            block.FirstTimestampNs,
            block.LastTimestampNs,
            block.IntegerSum,
            block.Sum,
            block.DecimalScale);
        return true;
    }

    public ColumnChunk Read(int index, ColumnKey key, ColumnType type)
    {
        ColumnBuffer buffer = _columns[index];
        if (!buffer.IsDecoded)
        {
            Decode(buffer, key, type);
        }

        return buffer.PresentCount == 0
            ? default
            : new ColumnChunk(
                type,
                buffer.Cells.AsSpan(_firstRow, RowCount),
                buffer.PresenceOf(_firstRow, RowCount),
                buffer.Texts.Span);
    }

    private void Decode(ColumnBuffer buffer, ColumnKey key, ColumnType type)
    {
        buffer.IsDecoded = true;
        buffer.Texts.Clear();
        buffer.PresentCount = 0;
        int column = _blocks!.FindColumn(key);
        if (column < 0)
        {
            return;
        }

        int storedRowCount = _blocks.GetRowCount(_block);
        buffer.PresentCount = _blocks.ReadColumn(_block, column, buffer.Cells, buffer.Presence, buffer.Texts);
        buffer.IsFull = buffer.PresentCount == storedRowCount;
        if (CellWidening.IsNeeded(key, _blocks.GetColumn(column).Type, type))
        {
            CellWidening.Apply(buffer.Cells.AsSpan(0, storedRowCount), buffer.Cells);
        }
    }

    private bool Clip(TimeRange range)
    {
        DecodeTimestamps();
        (_firstRow, RowCount) = TimeBounds.Find(_timestampsNs.AsSpan(0, RowCount), range);
        if (RowCount == 0)
        {
            return false;
        }

        FirstTimestampNs = _timestampsNs[_firstRow];
        LastTimestampNs = _timestampsNs[_firstRow + RowCount - 1];
        return true;
    }

    private void DecodeTimestamps()
    {
        if (!_hasTimestamps)
        {
            _blocks!.ReadTimestamps(_block, _timestampsNs);
            _hasTimestamps = true;
        }
    }
}
