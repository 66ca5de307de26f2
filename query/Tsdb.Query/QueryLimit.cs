namespace Tsdb.Query;

/// <summary>The limits a query runs under.</summary>
public enum QueryLimit
{
    /// <summary><see cref="QueryOptions.MemoryBytesMax"/>.</summary>
    Memory,

    /// <summary><see cref="QueryOptions.RowCountMax"/>.</summary>
    Rows,

    /// <summary><see cref="QueryOptions.DurationMax"/>.</summary>
    Time,
}
