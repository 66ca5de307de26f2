using Tsdb.Core;
using Tsdb.Query.Language;
using Tsdb.Query.Operators.Aggregates;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators;

/// <summary>
/// SAMPLE BY … FILL: gives each series (combination of keys) a row for every bucket of the range, and fills
/// what no row, or a row without a usable value, says.
/// </summary>
internal sealed class FillSource : RowSource
{
    private readonly RowSource _input;
    private readonly FillPlan _plan;
    private readonly QueryContext _context;
    private readonly RowStore _rows;
    private readonly RowStore _filled;
    private RowBlock? _block;
    private int[]? _order;
    private int _next;

    public FillSource(RowSource input, FillPlan plan, QueryContext context)
    {
        _input = input;
        _plan = plan;
        _context = context;
        _rows = new RowStore(context);
        _filled = new RowStore(context);
    }

    public override RowBlock Current => _block!;

    public override bool MoveNext()
    {
        if (_order is null)
        {
            Run();
            _order = [.. Enumerable.Range(0, _filled.RowCount)];
        }

        if (_next >= _order.Length)
        {
            return false;
        }

        _block ??= RowBlock.Create([.. _filled.Columns.Select(column => column.Type)]);
        _next += _filled.Emit(_order, _next, _block);
        return true;
    }

    public override void Dispose() => _input.Dispose();

    private void Run()
    {
        while (_input.MoveNext())
        {
            _rows.Append(_input.Current);
        }

        if (_rows.RowCount == 0)
        {
            return;
        }

        _filled.BeginColumns(_rows.Columns);
        int[] series = FindSeries();
        int[] order = [.. Enumerable.Range(0, _rows.RowCount)];
        ColumnVector time = _rows.Columns[_plan.TimeColumn];
        Array.Sort(order, (x, y) => series[x] != series[y]
            ? series[x].CompareTo(series[y])
            : time.Longs[x].CompareTo(time.Longs[y]));
        int start = 0;
        for (int i = 1; i <= order.Length; i++)
        {
            if (i == order.Length || series[order[i]] != series[order[start]])
            {
                FillSeries(order.AsSpan(start, i - start), time);
                start = i;
            }
        }
    }

    // The series of each row, numbered by first appearance.
    private int[] FindSeries()
    {
        GroupTable table = new(_plan.KeyColumns.Count);
        ulong[] key = new ulong[_plan.KeyColumns.Count];
        int[] series = new int[_rows.RowCount];
        for (int row = 0; row < series.Length; row++)
        {
            ulong nulls = 0;
            for (int i = 0; i < key.Length; i++)
            {
                ColumnVector column = _rows.Columns[_plan.KeyColumns[i]];
                bool isNull = column.IsNull(row);
                key[i] = isNull ? 0 : column.Words[row];
                nulls |= isNull ? 1UL << i : 0;
            }

            series[row] = table.FindOrAdd(key, nulls);
        }

        return series;
    }

    private void FillSeries(ReadOnlySpan<int> rows, ColumnVector time)
    {
        TimeBucket bucket = _plan.Bucket;
        long firstNs = time.Longs[rows[0]];
        long lastNs = time.Longs[rows[^1]];
        firstNs = _plan.FromNs is { } fromNs ? bucket.FloorNs(fromNs) : firstNs;
        lastNs = _plan.LastNs is { } endNs ? bucket.FloorNs(endNs) : lastNs;
        int firstRow = _filled.RowCount;
        int next = 0;
        for (long startNs = firstNs; startNs <= lastNs; startNs = bucket.NextNs(startNs))
        {
            bool isThere = next < rows.Length && time.Longs[rows[next]] == startNs;
            AddRow(isThere ? rows[next] : -1, rows[0], startNs);
            next += isThere ? 1 : 0;
            if (startNs == long.MaxValue)
            {
                break;
            }
        }

        if (next < rows.Length)
        {
            throw _plan.Site.Error($"FILL does not reach a row of the bucket {_plan.Bucket}");
        }

        for (int i = 0; i < _filled.Columns.Length; i++)
        {
            if (i != _plan.TimeColumn && !IsKey(i))
            {
                FillColumn(i, firstRow);
            }
        }
    }

    private bool IsKey(int column) => _plan.KeyColumns.Contains(column);

    // The row of the input, or one that has only its bucket and the series' keys.
    private void AddRow(int source, int anyOfSeries, long startNs)
    {
        int target = _filled.AddRow();
        if ((target & 0xFFFF) == 0)
        {
            _context.CheckGoOn();
        }

        for (int i = 0; i < _filled.Columns.Length; i++)
        {
            int from = IsKey(i) ? anyOfSeries : source;
            ColumnVector column = _filled.Columns[i];
            if (i == _plan.TimeColumn)
            {
                column.Longs[target] = startNs;
            }
            else if (from < 0 || _rows.Columns[i].IsNull(from))
            {
                column.SetNull(target);
            }
            else
            {
                column.Words[target] = _rows.Columns[i].Words[from];
            }
        }
    }

    private void FillColumn(int index, int firstRow)
    {
        ColumnVector column = _filled.Columns[index];
        switch (_plan.Modes[index])
        {
            case FillMode.Previous:
                FillPrevious(column, firstRow);
                break;
            case FillMode.Constant when _plan.Constants[index] is { IsNull: false, Text: null } constant:
                FillConstant(column, firstRow, constant.Word);
                break;
            case FillMode.Linear:
                FillLinear(column, firstRow);
                break;
        }
    }

    private void FillPrevious(ColumnVector column, int firstRow)
    {
        for (int row = firstRow + 1; row < _filled.RowCount; row++)
        {
            if (column.IsNull(row) && !column.IsNull(row - 1))
            {
                column.Words[row] = column.Words[row - 1];
                column.SetValid(row);
            }
        }
    }

    private void FillConstant(ColumnVector column, int firstRow, ulong word)
    {
        for (int row = firstRow; row < _filled.RowCount; row++)
        {
            if (column.IsNull(row))
            {
                column.Words[row] = word;
                column.SetValid(row);
            }
        }
    }

    // Between two known values, by the buckets' times; before the first and after the last nothing is known.
    private void FillLinear(ColumnVector column, int firstRow)
    {
        Span<long> time = _filled.Columns[_plan.TimeColumn].Longs;
        int known = -1;
        for (int row = firstRow; row < _filled.RowCount; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            for (int gap = known + 1; known >= 0 && gap < row; gap++)
            {
                double part = (time[gap] - time[known]) / (double)(time[row] - time[known]);
                Interpolate(column, gap, known, row, part);
            }

            known = row;
        }
    }

    private static void Interpolate(ColumnVector column, int gap, int before, int after, double part)
    {
        column.SetValid(gap);
        if (column.Type == ResultType.Float64)
        {
            double first = column.Doubles[before];
            column.Doubles[gap] = first + ((column.Doubles[after] - first) * part);
        }
        else
        {
            double first = column.Longs[before];
            column.Longs[gap] = (long)Math.Round(first + ((column.Longs[after] - first) * part));
        }
    }
}
