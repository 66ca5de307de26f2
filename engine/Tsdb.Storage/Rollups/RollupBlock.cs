using Tsdb.Core;
using Tsdb.Storage.Reading;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Rollups;

/// <summary>The buckets of one series in one rollup segment, decoded as far as is asked for.</summary>
/// <remarks>Reusable; one thread.</remarks>
internal sealed class RollupBlock
{
    private const int CellCountMax = (int)RollupCell.SumHigh + 1;

    private readonly ColumnSchema[] _columns;
    private readonly SeriesBlocks _blocks = new(new ChunkScratch());
    private readonly long[] _bucketsNs = new long[SegmentBlock.MaxRowCount];
    private readonly ColumnBuffer _rowCounts = new();
    private readonly ColumnBuffer[] _cells;
    private SegmentReader? _segment;
    private SeriesId _series;
    private int _row;
    private int _endRow;

    public RollupBlock(ColumnSchema[] columns)
    {
        _columns = columns;
        _cells = new ColumnBuffer[columns.Length * CellCountMax];
        for (int i = 0; i < _cells.Length; i++)
        {
            _cells[i] = new ColumnBuffer();
        }
    }

    public long BucketNs => _bucketsNs[_row];

    public int RowCount => (int)_rowCounts.Cells[_row];

    /// <summary>Whether a file's buckets of a series can be read: a series without any there has no rows in
    /// the file's range.</summary>
    public static bool IsReadable(RollupFile file, SeriesId series) =>
        !file.Segment.TryFindSeries(series, out SeriesEntry entry) || entry.BlockCount == 1;

    /// <summary>Goes before the first bucket of a range.</summary>
    public void Open(RollupFile file, SeriesId series, TimeRange range)
    {
        _row = -1;
        _endRow = 0;
        if (!file.Segment.TryFindSeries(series, out SeriesEntry entry))
        {
            return;
        }

        if (_segment != file.Segment || _series != series)
        {
            Load(file.Segment, entry);
        }

        (int first, int count) = TimeBounds.Find(_bucketsNs.AsSpan(0, _blocks.GetRowCount(0)), range);
        _row = first - 1;
        _endRow = first + count;
    }

    /// <summary>Has nothing to give until it is opened.</summary>
    public void Close()
    {
        _row = -1;
        _endRow = 0;
    }

    public bool MoveNext() => ++_row < _endRow;

    public ColumnStatistics ReadColumn(int index)
    {
        ColumnSchema column = _columns[index];
        ulong count = Read(index, RollupCell.Count);
        if (count == 0)
        {
            return default;
        }

        bool isFloat = column.Type == ColumnType.Float64;
        ulong sum = Read(index, RollupCell.Sum);
        Int128 integerSum = isFloat ? 0 : new Int128(Read(index, RollupCell.SumHigh), sum);
        return new ColumnStatistics(
            (int)count,
            Read(index, RollupCell.Min),
            Read(index, RollupCell.Max),
            Read(index, RollupCell.First),
            Read(index, RollupCell.Last),
            BucketNs + (long)Read(index, RollupCell.FirstOffset),
            BucketNs + (long)Read(index, RollupCell.LastOffset),
            integerSum,
            isFloat ? BitConverter.UInt64BitsToDouble(sum) : (double)integerSum,
            isFloat ? -1 : 0);
    }

    private void Load(SegmentReader segment, in SeriesEntry entry)
    {
        _segment = null;
        _blocks.Open(segment, entry);
        _blocks.ReadTimestamps(0, _bucketsNs);
        Decode(_rowCounts, RollupCells.Rows);
        foreach (ColumnBuffer buffer in _cells)
        {
            buffer.IsDecoded = false;
        }

        _segment = segment;
        _series = entry.Series;
    }

    /// <summary>A cell of the present bucket; 0 where there is none.</summary>
    private ulong Read(int index, RollupCell cell)
    {
        ColumnBuffer buffer = _cells[(index * CellCountMax) + (int)cell];
        if (!buffer.IsDecoded)
        {
            Decode(buffer, RollupCells.KeyOf(_columns[index].ColumnId, cell));
        }

        bool isPresent = buffer.PresentCount > 0 && (buffer.Presence[_row >> 6] >> (_row & 63) & 1) != 0;
        return isPresent ? buffer.Cells[_row] : 0;
    }

    private void Decode(ColumnBuffer buffer, ColumnKey key)
    {
        buffer.IsDecoded = true;
        int column = _blocks.FindColumn(key);
        buffer.PresentCount = column < 0
            ? 0
            : _blocks.ReadColumn(0, column, buffer.Cells, buffer.Presence, buffer.Texts);
    }
}
