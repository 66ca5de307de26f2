namespace Tsdb.Query;

/// <summary>The limits a query runs under.</summary>
public enum QueryLimit
{
    /// <summary><see cref="QueryOptions.MemoryBytesMax"/>.</summary>
    Memory,

    /// <summary>What all queries may hold together: <see cref="Core.MemoryBudget.Queries"/>.</summary>
    SharedMemory,

    /// <summary><see cref="QueryOptions.RowCountMax"/>.</summary>
    Rows,

    /// <summary><see cref="QueryOptions.DurationMax"/>.</summary>
    Time,
}
