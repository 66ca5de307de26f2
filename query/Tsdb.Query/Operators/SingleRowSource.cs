namespace Tsdb.Query.Operators;

/// <summary>One row without columns: what a SELECT without FROM computes its items on.</summary>
internal sealed class SingleRowSource : RowSource
{
    private bool _isDone;

    public override RowBlock Current { get; } = new([]) { RowCount = 1 };

    public override bool MoveNext()
    {
        bool found = !_isDone;
        _isDone = true;
        return found;
    }

    public override void Dispose()
    {
        // Holds nothing but memory.
    }
}
