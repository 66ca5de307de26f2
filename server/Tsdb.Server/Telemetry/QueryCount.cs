using Tsdb.Query;

namespace Tsdb.Server.Telemetry;

/// <summary>One query being counted; failed unless it is said to have succeeded.</summary>
internal sealed class QueryCount(ServerMetrics metrics) : IDisposable
{
    private QueryStatistics? _statistics;

    /// <summary>The last row is out.</summary>
    public void Succeeded(QueryStatistics statistics) => _statistics = statistics;

    /// <inheritdoc />
    public void Dispose() => metrics.EndQuery(_statistics);
}
