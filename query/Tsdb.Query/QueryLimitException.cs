namespace Tsdb.Query;

/// <summary>The query was stopped because it would exceed a limit. No part of the answer after it is
/// given.</summary>
public sealed class QueryLimitException : Exception
{
    internal QueryLimitException(QueryLimit limit, string message)
        : base(message)
    {
        Limit = limit;
    }

    /// <summary>Which limit.</summary>
    public QueryLimit Limit { get; }
}
