namespace Tsdb.Query.Operators;

/// <summary>An operator as its consumer sees it: pulls blocks from its own inputs, gives blocks.</summary>
internal abstract class RowSource : IDisposable
{
    /// <summary>The present block, at least one row; valid until the next <see cref="MoveNext"/>.</summary>
    public abstract RowBlock Current { get; }

    /// <summary>Goes on to the next block; false at the end.</summary>
    public abstract bool MoveNext();

    /// <summary>Lets go of readers and inputs.</summary>
    public abstract void Dispose();
}
