using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Rollups;

/// <summary>Makes the buckets of one series after another: from statistics where a block lies in one bucket,
/// else from its values.</summary>
/// <remarks>One thread; the caller holds the version.</remarks>
internal sealed class SeriesRollup
{
    private readonly RollupDefinition _rollup;
    private readonly BucketColumn[] _columns;
    private readonly SeriesReader _reader;
    private readonly SeriesRows _rows = new();
    private long _bucketNs;
    private long _rowCount;

    public SeriesRollup(StorageVersion version, TableSchema table, RollupDefinition rollup)
    {
        _rollup = rollup;
        _columns =
        [
            .. table.Columns
                .Where(column => rollup.Covers(column.ColumnId) && RollupCells.IsNumber(column.Type))
                .Select(static column => new BucketColumn(column)),
        ];
        List<ColumnKey> keys = [];
        List<ColumnType> types = [];
        foreach (BucketColumn column in _columns)
        {
            keys.Add(ColumnKey.ValueOf(column.ColumnId));
            types.Add(column.Type);
            keys.Add(new ColumnKey(column.ColumnId, CellKind.Status));
            types.Add(ColumnType.Int64);
        }

        _reader = new SeriesReader(
            version,
            [.. keys],
            [.. types],
            table.TableId,
            missing: null,
            TimeRange.All,
            skipsMemtables: true);
    }

    /// <summary>The buckets of the last series.</summary>
    public SeriesRows Rows => _rows;

    /// <summary>Makes the buckets of a series; false when it has no rows in the range.</summary>
    /// <param name="series">Of the table.</param>
    /// <param name="range">Whole buckets.</param>
    public bool Build(SeriesId series, TimeRange range)
    {
        _rows.Clear();
        AddColumns();
        Begin(0);
        _reader.Open(series, range);
        while (_reader.MoveNext())
        {
            AddChunk();
        }

        End();
        return _rows.RowCount > 0;
    }

    private void AddColumns()
    {
        _rows.AddColumn(RollupCells.Rows, ColumnType.Int64);
        foreach (BucketColumn column in _columns)
        {
            for (int cell = 0; cell < RollupCells.CountOf(column.Type); cell++)
            {
                _rows.AddColumn(
                    RollupCells.KeyOf(column.ColumnId, (RollupCell)cell),
                    RollupCells.TypeOf(column.Type, (RollupCell)cell));
            }
        }
    }

    private void AddChunk()
    {
        long firstNs = _rollup.FloorNs(_reader.FirstTimestampNs);
        if (_rollup.FloorNs(_reader.LastTimestampNs) == firstNs)
        {
            Enter(firstNs);
            _rowCount += _reader.RowCount;
            for (int i = 0; i < _columns.Length; i++)
            {
                if (_reader.TryGetStatistics(i * 2, out ColumnStatistics statistics))
                {
                    _columns[i].Add(statistics);
                }
                else
                {
                    AddRows(i, 0, _reader.RowCount);
                }
            }

            return;
        }

        ReadOnlySpan<long> timestampsNs = _reader.TimestampsNs;
        for (int row = 0; row < timestampsNs.Length;)
        {
            long bucketNs = _rollup.FloorNs(timestampsNs[row]);
            int end = row + 1;
            while (end < timestampsNs.Length && timestampsNs[end] - bucketNs < _rollup.EveryNs)
            {
                end++;
            }

            Enter(bucketNs);
            _rowCount += end - row;
            for (int i = 0; i < _columns.Length; i++)
            {
                AddRows(i, row, end);
            }

            row = end;
        }
    }

    private void AddRows(int index, int firstRow, int endRow) => _columns[index].Add(
        _reader.TimestampsNs, _reader.Column(index * 2), _reader.Column((index * 2) + 1), firstRow, endRow);

    private void Enter(long bucketNs)
    {
        if (_rowCount > 0 && bucketNs == _bucketNs)
        {
            return;
        }

        End();
        Begin(bucketNs);
    }

    private void Begin(long bucketNs)
    {
        _bucketNs = bucketNs;
        _rowCount = 0;
        foreach (BucketColumn column in _columns)
        {
            column.Clear();
        }
    }

    private void End()
    {
        if (_rowCount == 0)
        {
            return;
        }

        int row = _rows.RowCount;
        _rows.EnsureCapacity(row + 1);
        _rows.TimestampsNs[row] = _bucketNs;
        _rows.ColumnSpan[_rows.FindColumn(RollupCells.Rows)].Cells[row] = (ulong)_rowCount;
        foreach (BucketColumn column in _columns)
        {
            column.Write(_rows, row, _bucketNs);
        }

        _rows.RowCount = row + 1;
        _rowCount = 0;
    }
}
