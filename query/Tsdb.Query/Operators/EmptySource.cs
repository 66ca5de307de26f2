namespace Tsdb.Query.Operators;

/// <summary>No rows.</summary>
internal sealed class EmptySource : RowSource
{
    public override RowBlock Current { get; } = new([]);

    public override bool MoveNext() => false;

    public override void Dispose()
    {
        // Holds nothing but memory.
    }
}
