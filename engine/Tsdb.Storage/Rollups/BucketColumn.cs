using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Rollups;

/// <summary>What is known of one field in the bucket being built.</summary>
internal sealed class BucketColumn(ColumnSchema column)
{
    private long _count;
    private ulong _first;
    private ulong _last;
    private long _firstNs;
    private long _lastNs;
    private long _minInteger;
    private long _maxInteger;
    private double _minNumber;
    private double _maxNumber;
    private Int128 _integerSum;
    private double _sum;
    private double _compensation;

    public int ColumnId => column.ColumnId;

    public ColumnType Type => column.Type;

    private bool IsFloat => column.Type == ColumnType.Float64;

    public void Clear()
    {
        _count = 0;
        _minInteger = long.MaxValue;
        _maxInteger = long.MinValue;
        _minNumber = double.PositiveInfinity;
        _maxNumber = double.NegativeInfinity;
        _integerSum = 0;
        _sum = 0;
        _compensation = 0;
    }

    /// <summary>Adds a chunk by its statistics. Chunks come in time order.</summary>
    public void Add(in ColumnStatistics statistics)
    {
        if (statistics.PresentCount == 0)
        {
            return;
        }

        Span(statistics.FirstTimestampNs, statistics.First, statistics.LastTimestampNs, statistics.Last);
        _count += statistics.PresentCount;
        if (IsFloat)
        {
            Extend(BitConverter.UInt64BitsToDouble(statistics.Min));
            Extend(BitConverter.UInt64BitsToDouble(statistics.Max));
            Join(statistics.Sum);
        }
        else
        {
            _minInteger = Math.Min(_minInteger, (long)statistics.Min);
            _maxInteger = Math.Max(_maxInteger, (long)statistics.Max);
            _integerSum += statistics.IntegerSum;
        }
    }

    /// <summary>Adds the usable ones of some rows.</summary>
    public void Add(
        ReadOnlySpan<long> timestampsNs, ColumnChunk values, ColumnChunk statuses, int firstRow, int endRow)
    {
        if (values.IsAbsent)
        {
            return;
        }

        for (int row = firstRow; row < endRow; row++)
        {
            bool isUsable = values.IsPresent(row)
                && (!statuses.IsPresent(row)
                    || new StatusCode((uint)statuses.Cells[row]).Quality != Quality.Bad);
            if (isUsable)
            {
                Add(timestampsNs[row], values.Cells[row]);
            }
        }
    }

    /// <summary>Writes the bucket's cells as the row's.</summary>
    public void Write(SeriesRows rows, int row, long bucketNs)
    {
        for (int cell = 0; cell < RollupCells.CountOf(Type); cell++)
        {
            RowColumn target = rows.ColumnSpan[rows.FindColumn(
                RollupCells.KeyOf(ColumnId, (RollupCell)cell))];
            target.Cells[row] = CellOf((RollupCell)cell, bucketNs);
            if (_count == 0)
            {
                target.SetAbsent(row);
            }
        }
    }

    private ulong CellOf(RollupCell cell, long bucketNs) => cell switch
    {
        RollupCell.Count => (ulong)_count,
        RollupCell.Min => IsFloat ? BitConverter.DoubleToUInt64Bits(_minNumber) : (ulong)_minInteger,
        RollupCell.Max => IsFloat ? BitConverter.DoubleToUInt64Bits(_maxNumber) : (ulong)_maxInteger,
        RollupCell.First => _first,
        RollupCell.Last => _last,
        RollupCell.FirstOffset => unchecked((ulong)(_firstNs - bucketNs)),
        RollupCell.LastOffset => unchecked((ulong)(_lastNs - bucketNs)),
        RollupCell.SumHigh => (ulong)(_integerSum >> 64),
        _ => IsFloat ? BitConverter.DoubleToUInt64Bits(Total) : unchecked((ulong)_integerSum),
    };

    /// <summary>An infinite sum has a compensation that is no number.</summary>
    private double Total => double.IsFinite(_sum) ? _sum + _compensation : _sum;

    private void Add(long timestampNs, ulong cell)
    {
        Span(timestampNs, cell, timestampNs, cell);
        _count++;
        if (IsFloat)
        {
            double value = BitConverter.UInt64BitsToDouble(cell);
            Extend(value);
            Join(value);
        }
        else
        {
            _minInteger = Math.Min(_minInteger, (long)cell);
            _maxInteger = Math.Max(_maxInteger, (long)cell);
            _integerSum += (long)cell;
        }
    }

    private void Span(long firstNs, ulong first, long lastNs, ulong last)
    {
        if (_count == 0)
        {
            _firstNs = firstNs;
            _first = first;
        }

        _lastNs = lastNs;
        _last = last;
    }

    private void Extend(double value)
    {
        _minNumber = value < _minNumber ? value : _minNumber;
        _maxNumber = value > _maxNumber ? value : _maxNumber;
    }

    private void Join(double value)
    {
        double joined = _sum + value;
        _compensation += Math.Abs(_sum) >= Math.Abs(value) ? _sum - joined + value : value - joined + _sum;
        _sum = joined;
    }
}
