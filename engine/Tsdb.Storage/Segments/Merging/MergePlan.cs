namespace Tsdb.Storage.Segments.Merging;

/// <summary>
/// Cuts units of one series that overlap into pieces, by where their rows really lie: one late row touches
/// the one block it falls into, however far its own block reaches. Only times of blocks that are reached
/// into are decoded, one block a source at once.
/// </summary>
/// <remarks>Reusable; for one thread.</remarks>
internal sealed class MergePlan
{
    /// <summary>Rows after which a piece to be merged ends, so that memory stays bounded.</summary>
    public const int PieceRowCountMax = 4096;

    private readonly List<MergePiece> _pieces = [];
    private readonly List<int> _touched = [];
    private readonly List<Cursor> _cursors = [];
    private int _cursorCount;
    private bool _isOpen;
    private long _fromNs;
    private long _lastNs;
    private int _firstTouched;
    private int _rowCount;

    /// <summary>The pieces, ascending.</summary>
    public IReadOnlyList<MergePiece> Pieces => _pieces;

    /// <summary>Indexes of units, piece after piece, those of one source ascending.</summary>
    public IReadOnlyList<int> Touched => _touched;

    /// <summary>Plans.</summary>
    /// <param name="units">Those of one source do not overlap and ascend.</param>
    /// <param name="firstUnit">The first to be taken.</param>
    /// <param name="unitCount">How many.</param>
    /// <exception cref="SegmentCorruptException">A block's times are damaged.</exception>
    public void Build(ReadOnlySpan<MergeUnit> units, int firstUnit, int unitCount)
    {
        _pieces.Clear();
        _touched.Clear();
        _cursorCount = 0;
        _isOpen = false;
        for (int i = firstUnit; i < firstUnit + unitCount; i++)
        {
            FindCursor(units[i].Source).Units.Add(i);
        }

        while (TryFindEarliest(units, out Cursor earliest, out long? limitNs))
        {
            ref readonly MergeUnit unit = ref units[earliest.Unit];
            if (!earliest.IsOpen && (limitNs is null || unit.LastNs < limitNs))
            {
                Close();
                _touched.Add(earliest.Unit);
                _pieces.Add(new MergePiece(unit.FirstNs, unit.LastNs, _touched.Count - 1, 1, IsWhole: true));
                earliest.Skip();
                continue;
            }

            earliest.Open(units);
            long timestampNs = earliest.TimesNs[earliest.Row];
            bool isMet = timestampNs == limitNs;
            Take(earliest, isMet ? earliest.Row + 1 : FindEnd(earliest, limitNs));
            if (isMet)
            {
                TakeMeeting(units, earliest, timestampNs);
            }

            if (_rowCount >= PieceRowCountMax)
            {
                Close();
            }
        }

        Close();
    }

    private Cursor FindCursor(int source)
    {
        for (int i = 0; i < _cursorCount; i++)
        {
            if (_cursors[i].Source == source)
            {
                return _cursors[i];
            }
        }

        if (_cursorCount == _cursors.Count)
        {
            _cursors.Add(new Cursor());
        }

        Cursor cursor = _cursors[_cursorCount++];
        cursor.Start(source);
        return cursor;
    }

    private bool TryFindEarliest(ReadOnlySpan<MergeUnit> units, out Cursor earliest, out long? limitNs)
    {
        earliest = null!;
        limitNs = null;
        long earliestNs = 0;
        for (int i = 0; i < _cursorCount; i++)
        {
            if (_cursors[i].IsAtEnd)
            {
                continue;
            }

            long nextNs = _cursors[i].GetNextNs(units);
            if (earliest is null || nextNs < earliestNs)
            {
                limitNs = earliest is null ? null : earliestNs;
                earliest = _cursors[i];
                earliestNs = nextNs;
            }
            else if (limitNs is null || nextNs < limitNs)
            {
                limitNs = nextNs;
            }
        }

        return earliest is not null;
    }

    private void TakeMeeting(ReadOnlySpan<MergeUnit> units, Cursor earliest, long timestampNs)
    {
        for (int i = 0; i < _cursorCount; i++)
        {
            Cursor cursor = _cursors[i];
            if (cursor != earliest && !cursor.IsAtEnd && cursor.GetNextNs(units) == timestampNs)
            {
                cursor.Open(units);
                Take(cursor, cursor.Row + 1);
            }
        }
    }

    private void Take(Cursor cursor, int endRow)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            _fromNs = cursor.TimesNs[cursor.Row];
            _firstTouched = _touched.Count;
            _rowCount = 0;
        }

        if (cursor.TouchedAt < _firstTouched)
        {
            cursor.TouchedAt = _touched.Count;
            _touched.Add(cursor.Unit);
        }

        _rowCount += endRow - cursor.Row;
        _lastNs = cursor.TimesNs[endRow - 1];
        cursor.MoveTo(endRow);
    }

    private void Close()
    {
        if (_isOpen)
        {
            _pieces.Add(new MergePiece(
                _fromNs, _lastNs, _firstTouched, _touched.Count - _firstTouched, IsWhole: false));
            _isOpen = false;
        }
    }

    /// <summary>The first row at or after the limit, found in steps that double: it is often near.</summary>
    private static int FindEnd(Cursor cursor, long? limitNs)
    {
        if (limitNs is not { } limit)
        {
            return cursor.RowCount;
        }

        int low = cursor.Row;
        int step = 1;
        while (low + step < cursor.RowCount && cursor.TimesNs[low + step] < limit)
        {
            low += step;
            step *= 2;
        }

        int rowCount = Math.Min(step, cursor.RowCount - low - 1);
        int index = cursor.TimesNs.AsSpan(low + 1, rowCount).BinarySearch(limit);
        return low + 1 + (index < 0 ? ~index : index);
    }

    /// <summary>How far the plan has come in one source.</summary>
    private sealed class Cursor
    {
        private readonly long[] _buffer = new long[SegmentBlock.MaxRowCount];
        private int _next;

        public int Source { get; private set; }

        public List<int> Units { get; } = [];

        public bool IsOpen { get; private set; }

        public long[] TimesNs { get; private set; } = [];

        public int Row { get; private set; }

        public int RowCount { get; private set; }

        /// <summary>Where the present unit was last noted as touched, or -1.</summary>
        public int TouchedAt { get; set; }

        public int Unit => Units[_next];

        public bool IsAtEnd => _next == Units.Count;

        public void Start(int source)
        {
            Source = source;
            Units.Clear();
            _next = 0;
            IsOpen = false;
            TouchedAt = -1;
        }

        public long GetNextNs(ReadOnlySpan<MergeUnit> units) => IsOpen ? TimesNs[Row] : units[Unit].FirstNs;

        public void Open(ReadOnlySpan<MergeUnit> units)
        {
            if (IsOpen)
            {
                return;
            }

            ref readonly MergeUnit unit = ref units[Unit];
            IsOpen = true;
            Row = 0;
            if (unit.Rows is { } rows)
            {
                TimesNs = rows.TimestampsNs;
                RowCount = rows.RowCount;
                return;
            }

            unit.Blocks!.ReadTimestamps(unit.Block, _buffer);
            TimesNs = _buffer;
            RowCount = unit.Blocks.GetRowCount(unit.Block);
        }

        public void MoveTo(int row)
        {
            Row = row;
            if (row == RowCount)
            {
                Skip();
            }
        }

        public void Skip()
        {
            _next++;
            IsOpen = false;
            TouchedAt = -1;
        }
    }
}
