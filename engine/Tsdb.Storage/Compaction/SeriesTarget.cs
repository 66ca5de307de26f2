using Tsdb.Core;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;

namespace Tsdb.Storage.Compaction;

/// <summary>What comes out of one series' merge, window after window: rows wait until they make a full block,
/// blocks are taken over as they are.</summary>
/// <remarks>Reusable; not thread safe.</remarks>
internal sealed class SeriesTarget
{
    /// <summary>Rows below which what waits is not made a block of its own.</summary>
    private const int WaitingRowCountMin = SegmentBlock.MaxRowCount / 4;

    private readonly SeriesMerge _append = new();
    private readonly SeriesAssembly _assembly = new();
    private readonly SeriesRows _schema = new();
    private ColumnLayout[] _layout = [];
    private SeriesRows _waiting = new();
    private SeriesRows _spare = new();
    private IReadOnlyList<MergeOutput> _outputs = [];
    private int _output;
    private SeriesId _series;
    private int _tableId;

    /// <summary>Begins a series.</summary>
    public void Start(
        SeriesId series, int tableId, IReadOnlyList<MergeOutput> outputs, ColumnLayout[] layout)
    {
        _series = series;
        _tableId = tableId;
        _outputs = outputs;
        _output = 0;
        if (_layout != layout)
        {
            _layout = layout;
            _schema.Clear();
            foreach (ColumnLayout column in layout)
            {
                _schema.AddColumn(column.Key, column.Type);
            }
        }

        StartWindow();
    }

    /// <summary>Takes over a block that is later than all before; false where its rows have to be
    /// appended instead: it lies in two windows, or a few rows wait before it.</summary>
    public bool TryCopy(in MergeUnit unit, SegmentFeatures features)
    {
        while (unit.FirstNs > _outputs[_output].Window.LastNs)
        {
            NextWindow();
        }

        bool isAlone = _waiting.RowCount is 0 or >= WaitingRowCountMin;
        if (!isAlone || !_outputs[_output].Window.Covers(unit.FirstNs, unit.LastNs))
        {
            return false;
        }

        EncodeWaiting();
        _assembly.Copy(unit.Blocks!, unit.Block, features);
        return true;
    }

    /// <summary>Ends the series.</summary>
    public void End() => EndWindow();

    /// <summary>Appends rows that are later than all before.</summary>
    public void Append(SeriesRows rows)
    {
        int firstRow = 0;
        while (firstRow < rows.RowCount)
        {
            ReadOnlySpan<long> left = rows.TimestampsNs.AsSpan(firstRow, rows.RowCount - firstRow);
            (int skipped, int rowCount) = TimeBounds.Find(left, _outputs[_output].Window);
            if (rowCount == 0)
            {
                NextWindow();
                continue;
            }

            // The windows hold every row: none may be left between them.
            Invariant.Holds(skipped == 0);
            AppendPart(new RunPart(rows, firstRow, firstRow + rowCount));
            firstRow += rowCount;
        }
    }

    private void AppendPart(RunPart rows)
    {
        if (_waiting.RowCount == 0 && HasSchema(rows.Rows))
        {
            SwapWaiting([rows]);
        }
        else
        {
            SwapWaiting([WholeOf(_schema), WholeOf(_waiting), rows]);
        }

        int encodedCount = 0;
        while (_waiting.RowCount - encodedCount >= SegmentBlock.MaxRowCount)
        {
            // A little more than one block becomes two halves, so that the blocks that follow can be copied.
            int left = _waiting.RowCount - encodedCount;
            bool isLittleMore = left < SegmentBlock.MaxRowCount + WaitingRowCountMin
                && left > SegmentBlock.MaxRowCount;
            int rowCount = isLittleMore ? ((left / 2) + 63) & -64 : SegmentBlock.MaxRowCount;
            _assembly.Encode(_waiting, encodedCount, rowCount);
            encodedCount += rowCount;
            if (isLittleMore)
            {
                _assembly.Encode(_waiting, encodedCount, left - rowCount);
                encodedCount += left - rowCount;
            }
        }

        if (encodedCount > 0)
        {
            _assembly.AddFeatures(SegmentFeatureScan.Of(_waiting));
            SwapWaiting([WholeOf(_schema), new RunPart(_waiting, encodedCount, _waiting.RowCount)]);
        }
    }

    private bool HasSchema(SeriesRows rows)
    {
        ReadOnlySpan<RowColumn> columns = rows.ColumnSpan;
        if (columns.Length != _layout.Length)
        {
            return false;
        }

        for (int i = 0; i < columns.Length; i++)
        {
            if (columns[i].Key != _layout[i].Key || columns[i].Type != _layout[i].Type)
            {
                return false;
            }
        }

        return true;
    }

    private void SwapWaiting(ReadOnlySpan<RunPart> runs)
    {
        _append.Merge(runs, _spare);
        (_waiting, _spare) = (_spare, _waiting);
    }

    private static RunPart WholeOf(SeriesRows rows) => new(rows, 0, rows.RowCount);

    private void EncodeWaiting()
    {
        if (_waiting.RowCount > 0)
        {
            _assembly.Encode(_waiting, 0, _waiting.RowCount);
            _assembly.AddFeatures(SegmentFeatureScan.Of(_waiting));
            _waiting.Clear();
        }
    }

    private void NextWindow()
    {
        EndWindow();
        _output++;
        Invariant.Holds(_output < _outputs.Count);
        StartWindow();
    }

    private void StartWindow()
    {
        _waiting.Clear();
        _assembly.Start(_layout);
    }

    private void EndWindow()
    {
        EncodeWaiting();
        if (_assembly.BlockCount > 0)
        {
            _outputs[_output].Add(_series, _tableId, _assembly);
        }
    }
}
