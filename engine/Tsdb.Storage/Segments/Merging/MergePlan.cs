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

    /// <summary>Fewer rows than this of one source before another's are a short stretch.</summary>
    private const int ShortRowCount = 8;

    /// <summary>After so many short stretches the rows lie dense among each other.</summary>
    private const int ShortCountMax = 32;

    /// <summary>After so many more once they did.</summary>
    private const int ShortCountAgain = 4;

    /// <summary>Rows of each source that are then taken at once.</summary>
    private const int DenseRowCount = 512;

    private readonly List<MergePiece> _pieces = [];
    private readonly List<int> _touched = [];
    private readonly List<Cursor> _cursors = [];
    private int _cursorCount;
    private bool _isOpen;
    private long _fromNs;
    private long _lastNs;
    private int _firstTouched;
    private int _rowCount;
    private int _shortCount;

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
        _shortCount = 0;
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
            int endRow = isMet ? earliest.Row + 1 : FindEnd(earliest, limitNs);
            _shortCount = endRow - earliest.Row < ShortRowCount ? _shortCount + 1 : 0;
            Take(earliest, endRow);
            if (isMet)
            {
                TakeMeeting(units, earliest, timestampNs);
            }

            if (_shortCount == ShortCountMax)
            {
                TakeDense(units);
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

    /// <summary>
    /// Planning row by row costs more than merging where rows of several sources alternate: what follows is
    /// taken together, as far as no source goes beyond the block it is in.
    /// </summary>
    private void TakeDense(ReadOnlySpan<MergeUnit> units)
    {
        _shortCount = ShortCountMax - ShortCountAgain;
        long endNs = long.MaxValue;
        for (int i = 0; i < _cursorCount; i++)
        {
            if (!_cursors[i].IsAtEnd && _cursors[i].GetNextNs(units) <= endNs)
            {
                endNs = Math.Min(endNs, _cursors[i].GetEndNs(units, DenseRowCount));
            }
        }

        for (int i = 0; i < _cursorCount; i++)
        {
            Cursor cursor = _cursors[i];
            if (!cursor.IsAtEnd && cursor.GetNextNs(units) <= endNs)
            {
                cursor.Open(units);
                Take(cursor, FindEnd(cursor, endNs == long.MaxValue ? null : endNs + 1));
            }
        }
    }

    private void Take(Cursor cursor, int endRow)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            _fromNs = cursor.TimesNs[cursor.Row];
            _lastNs = _fromNs;
            _firstTouched = _touched.Count;
            _rowCount = 0;
        }

        if (cursor.TouchedAt < _firstTouched)
        {
            cursor.TouchedAt = _touched.Count;
            _touched.Add(cursor.Unit);
        }

        _rowCount += endRow - cursor.Row;
        _fromNs = Math.Min(_fromNs, cursor.TimesNs[cursor.Row]);
        _lastNs = Math.Max(_lastNs, cursor.TimesNs[endRow - 1]);
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

        /// <summary>The last of so many next rows; the end of a block that is not open.</summary>
        public long GetEndNs(ReadOnlySpan<MergeUnit> units, int rowCount)
        {
            ref readonly MergeUnit unit = ref units[Unit];
            if (!IsOpen && unit.Rows is { } rows)
            {
                return rows.TimestampsNs[Math.Min(rowCount, rows.RowCount) - 1];
            }

            return IsOpen ? TimesNs[Math.Min(Row + rowCount, RowCount) - 1] : unit.LastNs;
        }

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
