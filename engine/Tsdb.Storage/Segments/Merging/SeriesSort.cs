namespace Tsdb.Storage.Segments.Merging;

/// <summary>
/// Puts rows that stand in order of arrival into order of time, folding those with one timestamp, the later
/// arrival winning (<see cref="MergeColumns"/>). The few rows that came late are split off, sorted, and
/// merged back.
/// </summary>
/// <remarks>Reusable; not thread safe.</remarks>
internal sealed class SeriesSort
{
    private readonly MergeColumns _columns = new();
    private readonly RunPart[] _source = new RunPart[1];
    private int[] _onTime = [];
    private int[] _late = [];
    private long[] _lateNs = [];
    private MergeRow[] _meeting = [];

    /// <summary>Whether the timestamps ascend strictly, so that there is nothing to do.</summary>
    public static bool IsSorted(SeriesRows rows)
    {
        ReadOnlySpan<long> timestampsNs = rows.TimestampsNs.AsSpan(0, rows.RowCount);
        for (int i = 1; i < timestampsNs.Length; i++)
        {
            if (timestampsNs[i] <= timestampsNs[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sorts and folds.</summary>
    /// <param name="source">Rows in order of arrival.</param>
    /// <param name="target">Another one; what it held is replaced.</param>
    public void SortAndDeduplicate(SeriesRows source, SeriesRows target)
    {
        _source[0] = new RunPart(source, 0, source.RowCount);
        _columns.Open(_source, target);
        EnsureCapacity(source.RowCount);
        int lateCount = SplitOffLate(source);
        int onTimeCount = source.RowCount - lateCount;

        // By arrival within one timestamp, since equal keys do not keep their order in this sort.
        Array.Sort(_lateNs, _late, 0, lateCount);
        OrderArrivals(lateCount);

        int onTime = 0;
        int late = 0;
        int firstRow = 0;
        int rowCount = 0;
        while (onTime < onTimeCount || late < lateCount)
        {
            int meetingCount = TakeEarliest(source, onTimeCount, lateCount, ref onTime, ref late);
            int row = _meeting[0].Row;
            if (meetingCount == 1 && row == firstRow + rowCount)
            {
                rowCount++; // Rows that stand side by side are copied together.
                continue;
            }

            _columns.Copy(source, 0, firstRow, rowCount);
            firstRow = row;
            rowCount = 1;
            if (meetingCount > 1)
            {
                _columns.Fold(source.TimestampsNs[row], _meeting.AsSpan(0, meetingCount));
                rowCount = 0;
            }
        }

        _columns.Copy(source, 0, firstRow, rowCount);
        _source[0] = default;
    }

    private void EnsureCapacity(int rowCount)
    {
        if (_onTime.Length < rowCount)
        {
            int capacity = Math.Max(rowCount, _onTime.Length * 2);
            _onTime = new int[capacity];
            _late = new int[capacity];
            _lateNs = new long[capacity];
            _meeting = new MergeRow[capacity];
        }
    }

    /// <summary>On time is what is not earlier than any row before it.</summary>
    private int SplitOffLate(SeriesRows source)
    {
        long highestNs = long.MinValue;
        int onTimeCount = 0;
        int lateCount = 0;
        for (int row = 0; row < source.RowCount; row++)
        {
            long timestampNs = source.TimestampsNs[row];
            if (timestampNs >= highestNs)
            {
                highestNs = timestampNs;
                _onTime[onTimeCount++] = row;
            }
            else
            {
                _lateNs[lateCount] = timestampNs;
                _late[lateCount++] = row;
            }
        }

        return lateCount;
    }

    private void OrderArrivals(int lateCount)
    {
        for (int first = 0; first < lateCount;)
        {
            int end = first + 1;
            while (end < lateCount && _lateNs[end] == _lateNs[first])
            {
                end++;
            }

            Array.Sort(_late, first, end - first);
            first = end;
        }
    }

    /// <summary>Takes all rows with the earliest timestamp, in order of arrival.</summary>
    /// <remarks>Of one timestamp, those on time came before a later one made the rest late.</remarks>
    private int TakeEarliest(SeriesRows source, int onTimeCount, int lateCount, ref int onTime, ref int late)
    {
        long onTimeNs = onTime < onTimeCount ? source.TimestampsNs[_onTime[onTime]] : long.MaxValue;
        long lateNs = late < lateCount ? _lateNs[late] : long.MaxValue;
        long earliestNs = Math.Min(onTimeNs, lateNs);
        int count = 0;
        while (onTime < onTimeCount && source.TimestampsNs[_onTime[onTime]] == earliestNs)
        {
            _meeting[count++] = new MergeRow(0, _onTime[onTime++]);
        }

        while (late < lateCount && _lateNs[late] == earliestNs)
        {
            _meeting[count++] = new MergeRow(0, _late[late++]);
        }

        return count;
    }
}
