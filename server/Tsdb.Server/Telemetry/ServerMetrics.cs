using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Query;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;

namespace Tsdb.Server.Telemetry;

/// <summary>What the server counts about itself. Thread safe.</summary>
internal sealed class ServerMetrics : IDisposable
{
    private static readonly double[] _querySecondsBounds = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10];

    private readonly long[] _rejects = new long[Enum.GetValues<RejectReason>().Length];
    private readonly long[] _connectionsRefused = new long[Enum.GetValues<ListenerKind>().Length];
    private readonly long[] _queryBuckets = new long[_querySecondsBounds.Length + 1];
    private readonly GcPauses _pauses = new();
    private long _rowsStored;
    private long _rowsRejected;
    private long _bytesReceived;
    private long _writeCount;
    private long _unfinishedLineCount;
    private long _queriesFailed;
    private long _queriesRunning;
    private long _queryTicks;
    private long _rowsReturned;

    /// <summary>Counts one write that was answered.</summary>
    public void CountWrite(WriteOutcome outcome, long sizeBytes)
    {
        Interlocked.Increment(ref _writeCount);
        Interlocked.Add(ref _rowsStored, outcome.RowsStored);
        Interlocked.Add(ref _rowsRejected, outcome.RowsRejected);
        Interlocked.Add(ref _bytesReceived, sizeBytes);
        foreach (RowReject reject in outcome.Rejects)
        {
            Interlocked.Increment(ref _rejects[(int)reject.Reason]);
        }
    }

    /// <summary>Takes back one write that stored and refused nothing: the server's own.</summary>
    public void UncountWrite(long sizeBytes)
    {
        Interlocked.Decrement(ref _writeCount);
        Interlocked.Add(ref _bytesReceived, -sizeBytes);
    }

    /// <summary>Counts the collector's pauses from a moment on.</summary>
    public void RestartPauses(DateTimeOffset moment) => _pauses.Restart(moment);

    /// <summary>Counts a line whose sender was gone before its end.</summary>
    public void CountUnfinishedLine() => Interlocked.Increment(ref _unfinishedLineCount);

    /// <summary>Counts a connection that was closed since a port has as many as it may.</summary>
    public void CountConnectionRefused(ListenerKind listener) =>
        Interlocked.Increment(ref _connectionsRefused[(int)listener]);

    /// <summary>Begins to count a query.</summary>
    public QueryCount BeginQuery()
    {
        Interlocked.Increment(ref _queriesRunning);
        return new QueryCount(this);
    }

    /// <summary>Counts a query's end; null means that it failed.</summary>
    public void EndQuery(QueryStatistics? statistics)
    {
        Interlocked.Decrement(ref _queriesRunning);
        if (statistics is null)
        {
            Interlocked.Increment(ref _queriesFailed);
            return;
        }

        int bucket = 0;
        double seconds = statistics.Elapsed.TotalSeconds;
        while (bucket < _querySecondsBounds.Length && seconds > _querySecondsBounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _queryBuckets[bucket]);
        Interlocked.Add(ref _queryTicks, statistics.Elapsed.Ticks);
        Interlocked.Add(ref _rowsReturned, statistics.RowsReturned);
    }

    /// <inheritdoc />
    public void Dispose() => _pauses.Dispose();

    /// <summary>Everything, as Prometheus reads it.</summary>
    public byte[] Render(EngineHost host)
    {
        PrometheusText text = new();
        RenderRequests(text);
        RenderConnections(text);
        if (host.IsOpen)
        {
            StorageMetrics.Render(text, host.Engine.Databases);
            ArchiveMetrics.Render(text, host.Engine.Databases, TimeProvider.System);
        }

        MemoryMetrics.Render(text, host.Memory);
        ProcessMetrics.Render(text, host.Uptime);
        _pauses.Render(text);
        return text.ToBytes();
    }

    private void RenderConnections(PrometheusText text)
    {
        text.Metric("tsdb_connections_refused_total", "counter", "Connections beyond what a port may have.");
        foreach (ListenerKind listener in Enum.GetValues<ListenerKind>())
        {
            text.Sample(
                "tsdb_connections_refused_total",
                Interlocked.Read(ref _connectionsRefused[(int)listener]),
                $"listener=\"{NameOf(listener)}\"");
        }
    }

    private static string NameOf(ListenerKind listener) => listener switch
    {
        ListenerKind.Http => "http",
        ListenerKind.Grpc => "grpc",
        _ => "ilp",
    };

    private void RenderRequests(PrometheusText text)
    {
        text.Metric("tsdb_write_requests_total", "counter", "Write requests answered.")
            .Sample("tsdb_write_requests_total", Interlocked.Read(ref _writeCount))
            .Metric("tsdb_rows_stored_total", "counter", "Rows acknowledged.")
            .Sample("tsdb_rows_stored_total", Interlocked.Read(ref _rowsStored))
            .Metric("tsdb_rows_rejected_total", "counter", "Rows refused.")
            .Sample("tsdb_rows_rejected_total", Interlocked.Read(ref _rowsRejected))
            .Metric("tsdb_write_bytes_total", "counter", "Bytes of write requests, after decompression.")
            .Sample("tsdb_write_bytes_total", Interlocked.Read(ref _bytesReceived))
            .Metric("tsdb_unfinished_lines_total", "counter", "Lines over TCP without an end, dropped.")
            .Sample("tsdb_unfinished_lines_total", Interlocked.Read(ref _unfinishedLineCount))
            .Metric("tsdb_rejects_total", "counter", "Refusals by reason, of those reported in full.");
        for (int i = 1; i < _rejects.Length; i++)
        {
            text.Sample(
                "tsdb_rejects_total",
                Interlocked.Read(ref _rejects[i]),
                $"reason=\"{RejectText.NameOf((RejectReason)i)}\"");
        }

        text.Metric("tsdb_queries_running", "gauge", "Queries under way.")
            .Sample("tsdb_queries_running", Interlocked.Read(ref _queriesRunning))
            .Metric("tsdb_queries_failed_total", "counter", "Queries that failed or were cancelled.")
            .Sample("tsdb_queries_failed_total", Interlocked.Read(ref _queriesFailed))
            .Metric("tsdb_query_rows_total", "counter", "Rows returned.")
            .Sample("tsdb_query_rows_total", Interlocked.Read(ref _rowsReturned))
            .Metric("tsdb_query_seconds", "histogram", "Time from start to last row.")
            .Histogram(
                "tsdb_query_seconds",
                _querySecondsBounds,
                [.. _queryBuckets],
                TimeSpan.FromTicks(Interlocked.Read(ref _queryTicks)).TotalSeconds,
                labels: "");
    }
}
