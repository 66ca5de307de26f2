using System.Diagnostics;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Tiers;

/// <summary>Loads a fresh server, with tiers kept or without, and asks it.</summary>
internal sealed class TierRun(
    TsdbTarget server, SqlEndpoint endpoint, IReadOnlyList<WorkloadQuery> queries, int repeatCount)
{
    // /proc counts CPU by ticks of 10 ms: a query is asked for so long that they say something.
    private static readonly TimeSpan _askMin = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _settleMax = TimeSpan.FromMinutes(2);
    private const int SameLookCount = 4;

    private readonly ProcessMeter _meter = new(server.ProcessId);

    public TierFigures Measure(
        LineBatches lines, TierEdits edits, IReadOnlyList<string> tiers)
    {
        endpoint.Query("CREATE TABLE cpu");
        foreach (string tier in tiers)
        {
            endpoint.Query($"CREATE ROLLUP ON cpu EVERY {tier}");
        }

        double cpuSeconds = _meter.CpuSeconds();
        long writtenBytes = _meter.WrittenBytes();
        LoadTiming timing = BatchLoader.Load(server, lines, connectionCount: 2);
        server.Compact();
        server.WaitForMerges();
        IReadOnlyList<TierState> states = Settle(tiers.Count);
        double settledCpuSeconds = _meter.CpuSeconds() - cpuSeconds;
        return new TierFigures(
            lines.RowCount / timing.Acknowledged.TotalSeconds,
            timing.ServerCpuAcknowledgedSeconds,
            settledCpuSeconds,
            _meter.WrittenBytes() - writtenBytes,
            server.StoredBytes(),
            states,
            [.. queries.Select(Ask)],
            Change(edits, tiers.Count));
    }

    /// <summary>Tiers of SHOW ROLLUPS' answer.</summary>
    public static TierState[] ReadStates(Answer answer)
    {
        int every = Array.IndexOf(answer.Columns, "every");
        int buckets = Array.IndexOf(answer.Columns, "rows");
        int files = Array.IndexOf(answer.Columns, "files");
        int stale = Array.IndexOf(answer.Columns, "stale_files");
        int bytes = Array.IndexOf(answer.Columns, "bytes");
        return
        [
            .. answer.Rows.Select(row => new TierState(
                (string)row[every]!,
                (long)row[buckets]!,
                (long)row[files]!,
                (long)row[stale]!,
                (long)row[bytes]!)),
        ];
    }

    /// <summary>Asks everything after the load, then after each change: from rows and tiers while they
    /// disagree, and when the tiers are built anew.</summary>
    private TierStage[] Change(TierEdits edits, int tierCount)
    {
        TierStage loaded = AskAll("the load");
        using (HttpConnection connection = new(server.HttpPort))
        {
            HttpReply reply = connection.Send("POST", server.WritePath, edits.LateLines());
            if (!reply.IsSuccess)
            {
                throw new IOException($"late rows are refused with {reply.Code}: {reply.Excerpt}");
            }
        }

        TierStage late = AskAll("late rows and rows in the place of others");
        endpoint.Query(edits.DeleteSql());
        TierStage deleted = AskAll("DELETE of an eighth of a host's rows");
        server.Flush();
        server.WaitForMerges();
        Settle(tierCount);
        return [loaded, late, deleted, AskAll("all that is flushed and built in")];
    }

    private TierStage AskAll(string name)
    {
        byte[][] replies = [.. queries.Select(query => endpoint.FetchJson(query.Sql))];
        return new TierStage(
            name,
            [.. replies.Select(SqlEndpoint.Read)],
            replies.Sum(static reply => QueryReads.Of(reply).RowCount));
    }

    /// <summary>Waits until nothing has been added to any tier for some looks; as long without tiers, so that
    /// an idle server's CPU counts in both.</summary>
    private TierState[] Settle(int tierCount)
    {
        long begin = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(_look);
        TierState[] last = [];
        for (int sameCount = 0; sameCount < SameLookCount;)
        {
            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
            TierState[] now = ReadStates(endpoint.Query("SHOW ROLLUPS"));
            bool isBuilt = now.Length == tierCount
                && now.All(static state => state.FileCount > 0 && state.StaleCount == 0);
            sameCount = isBuilt && now.SequenceEqual(last) ? sameCount + 1 : 0;
            last = now;
            if (Stopwatch.GetElapsedTime(begin) > _settleMax)
            {
                throw new IOException($"the tiers are not built after {_settleMax.TotalSeconds:F0} s");
            }
        }

        return last;
    }

    private QueryFigure Ask(WorkloadQuery query)
    {
        QueryReads reads = QueryReads.Of(endpoint.FetchJson(query.Sql));
        endpoint.FetchArrow(query.Sql);
        List<double> timesMs = [];
        double cpuSeconds = _meter.CpuSeconds();
        long first = Stopwatch.GetTimestamp();
        while (timesMs.Count < repeatCount || Stopwatch.GetElapsedTime(first) < _askMin)
        {
            long begin = Stopwatch.GetTimestamp();
            endpoint.FetchArrow(query.Sql);
            timesMs.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        double cpuMs = (_meter.CpuSeconds() - cpuSeconds) * 1000 / timesMs.Count;
        return new QueryFigure(new Statistic(timesMs).Median, cpuMs, reads);
    }
}
