using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Soaking;

/// <summary>
/// Senders that write as fast as they may, queries whose answers are known, and deletes, all until told to
/// stop.
/// </summary>
internal sealed class SoakLoad(TsdbTarget server, SoakSource source, int senderCount) : IDisposable
{
    private const int StepsPerHour = 360;

    // Late steps have come, and so has what was under way.
    private const int SettledStepCount = 3 * SoakSource.LateStepCount;
    private const int KeptStepCount = 72 * StepsPerHour;
    private const int ErrorCountMax = 20;

    // Queries count the rows of hosts below, deletes of single hosts take those above.
    private const double CountedHostRatio = 0.75;

    private static readonly TimeSpan _queryPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _deletePause = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stop = new();
    private long _rowCount;
    private long _errorCount;
    private long _deleteCount;
    private long _firstKeptStep;

    public LatencyHistogram Writes { get; } = new();

    public LatencyHistogram Queries { get; } = new();

    public LatencyHistogram Deletes { get; } = new();

    public ConcurrentQueue<string> Errors { get; } = [];

    /// <summary>Rows acknowledged.</summary>
    public long RowCount => Interlocked.Read(ref _rowCount);

    public long ErrorCount => Interlocked.Read(ref _errorCount);

    public long DeleteCount => Interlocked.Read(ref _deleteCount);

    /// <summary>Starts everything; the task ends after <see cref="Stop"/>.</summary>
    public Task RunAsync() => Task.WhenAll(
    [
        .. Enumerable.Range(0, senderCount).Select(_ => OnThread(Send)),
        OnThread(Query),
        OnThread(Delete),
    ]);

    public void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private Task OnThread(Action act) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                act();
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                Note(failure.Message);
                Stop();
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Send()
    {
        byte[] buffer = [];
        using HttpConnection connection = new(server.HttpPort);
        while (!_stop.IsCancellationRequested)
        {
            foreach (long step in source.TakeSteps())
            {
                ReadOnlyMemory<byte> rows = source.Write(step, ref buffer);
                long begin = Stopwatch.GetTimestamp();
                HttpReply reply = connection.Send("POST", server.WritePath, rows.Span);
                Writes.Add(Stopwatch.GetElapsedTime(begin));
                if (!reply.IsSuccess)
                {
                    throw new IOException($"a write was refused with {reply.Code}: {reply.Excerpt}");
                }

                Interlocked.Add(ref _rowCount, source.HostCount);
            }
        }
    }

    private void Query()
    {
        Random random = new(1);
        using SqlEndpoint endpoint = new(server.HttpPort);
        for (int turn = 0; !_stop.IsCancellationRequested; turn++)
        {
            long settled = source.StepCount - SettledStepCount;
            long first = Interlocked.Read(ref _firstKeptStep) + StepsPerHour;
            if (settled > first + (12 * StepsPerHour))
            {
                int host = random.Next((int)(source.HostCount * CountedHostRatio));
                long from = first + random.NextInt64(settled - first - StepsPerHour);
                Count(endpoint, host, from, StepsPerHour, expected: StepsPerHour);
                if (turn % 20 == 0)
                {
                    string range = Range(settled - (6 * StepsPerHour), settled);
                    string means = "SELECT ts, hostname, avg(usage_user) FROM cpu";
                    Ask(endpoint, $"{means} WHERE {range} SAMPLE BY 1h");
                }
            }

            _stop.Token.WaitHandle.WaitOne(_queryPause);
        }
    }

    /// <summary>Takes away what is older than three days of event time, and an hour of a single
    /// host.</summary>
    private void Delete()
    {
        Random random = new(2);
        using SqlEndpoint endpoint = new(server.HttpPort);
        while (!_stop.Token.WaitHandle.WaitOne(_deletePause))
        {
            long settled = source.StepCount - SettledStepCount;
            long firstKept = settled - KeptStepCount;
            if (firstKept > 0)
            {
                // Queries keep away from what is about to go.
                Interlocked.Exchange(ref _firstKeptStep, firstKept);
                Run(endpoint, $"DELETE FROM cpu WHERE ts < {SoakSource.TimestampText(firstKept)}");
            }

            long from = Math.Max(0, firstKept) + (2 * StepsPerHour);
            if (from + StepsPerHour < settled)
            {
                int host = random.Next((int)(source.HostCount * CountedHostRatio), source.HostCount);
                string range = Range(from, from + StepsPerHour);
                Run(endpoint, $"DELETE FROM cpu WHERE hostname = 'host_{host}' AND {range}");
                Count(endpoint, host, from, StepsPerHour, expected: 0);
            }
        }
    }

    private void Run(SqlEndpoint endpoint, string sql)
    {
        long begin = Stopwatch.GetTimestamp();
        endpoint.FetchJson(sql);
        Deletes.Add(Stopwatch.GetElapsedTime(begin));
        Interlocked.Increment(ref _deleteCount);
    }

    private void Ask(SqlEndpoint endpoint, string sql)
    {
        long begin = Stopwatch.GetTimestamp();
        endpoint.FetchArrow(sql);
        Queries.Add(Stopwatch.GetElapsedTime(begin));
    }

    private void Count(SqlEndpoint endpoint, int host, long firstStep, int stepCount, long expected)
    {
        string range = Range(firstStep, firstStep + stepCount);
        string sql = $"SELECT count(*) FROM cpu WHERE hostname = 'host_{host}' AND {range}";
        long begin = Stopwatch.GetTimestamp();
        Answer answer = endpoint.Query(sql);
        Queries.Add(Stopwatch.GetElapsedTime(begin));
        long found = (long)answer.Rows[0][0]!;
        if (found != expected)
        {
            Note($"{found} rows instead of {expected}: {sql}");
        }
    }

    private static string Range(long firstStep, long endStep) =>
        $"ts >= {SoakSource.TimestampText(firstStep)} AND ts < {SoakSource.TimestampText(endStep)}";

    private void Note(string error)
    {
        if (Interlocked.Increment(ref _errorCount) <= ErrorCountMax)
        {
            Errors.Enqueue(error);
        }
    }
}
