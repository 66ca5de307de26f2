using Tsdb.Query.Scan;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>
/// Cuts a run into stretches without NULL. A stretch goes to the vector code; so a column with few NULLs is
/// nearly as fast as one without.
/// </summary>
internal ref struct ValueFeed(WordColumn column, Run run)
{
    private readonly WordColumn _column = column;
    private readonly int _end = column.IsAllNull ? 0 : run.Start + run.Count;
    private int _next = run.Start;

    /// <summary>The present stretch's first row.</summary>
    public int Start { get; private set; }

    /// <summary>The present stretch's values.</summary>
    public ReadOnlySpan<ulong> Words { get; private set; }

    public bool MoveNext()
    {
        while (_next < _end && !_column.IsValid(_next))
        {
            _next++;
        }

        if (_next >= _end)
        {
            return false;
        }

        Start = _next;
        _next = _end;
        if (!_column.Validity.IsEmpty)
        {
            _next = Start + 1;
            while (_next < _end && _column.IsValid(_next))
            {
                _next++;
            }
        }

        Words = _column.Words[Start.._next];
        return true;
    }
}
