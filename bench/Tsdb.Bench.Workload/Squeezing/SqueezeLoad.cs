using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Soaking;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Squeezing;

/// <summary>
/// More than the memory allows: senders that write as fast as they may, queries that want much, and merges of
/// all there is, until told to stop. A batch that is refused for now is sent again until it is taken.
/// </summary>
internal sealed class SqueezeLoad(TsdbTarget server, SqueezeSource source, int senderCount, int askerCount)
    : IDisposable
{
    private const int TryCountMax = 1000;
    private const string QueryHeaders =
        "Content-Type: application/json\r\nAccept: application/vnd.apache.arrow.stream\r\n";

    // Who hears nothing for so long counts the server as hanging.
    private static readonly TimeSpan _replyMax = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan _mergePause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _never = new();
    private long _rowCount;

    public SqueezeCounts Writes { get; } = new();

    public SqueezeCounts Queries { get; } = new();

    /// <summary>Merges of everything.</summary>
    public LatencyHistogram Merges { get; } = new();

    /// <summary>Rows acknowledged.</summary>
    public long RowCount => Interlocked.Read(ref _rowCount);

    public long ErrorCount => Writes.ErrorCount + Queries.ErrorCount;

    /// <summary>Starts everything; the task ends after <see cref="Stop"/>.</summary>
    public Task RunAsync() => Task.WhenAll(
    [
        .. Enumerable.Range(0, senderCount).Select(_ => OnThread(Send, Writes)),
        .. Enumerable.Range(0, askerCount).Select(seed => OnThread(() => Ask(new Random(seed)), Queries)),
        OnThread(Merge, Writes),
    ]);

    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        _stop.Dispose();
        _never.Dispose();
    }

    private Task OnThread(Action act, SqueezeCounts counts) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                act();
            }
            catch (Exception failure) when (
                failure is IOException or SocketException or Grpc.Core.RpcException)
            {
                counts.NoteError($"{act.Method.Name}: {failure.Message}");
                Stop();
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private void Send()
    {
        byte[] buffer = [];
        using HttpConnection connection = new(server.HttpPort, _replyMax);
        while (!_stop.IsCancellationRequested)
        {
            foreach (long batch in source.TakeBatches())
            {
                SendUntilTaken(connection, source.Write(batch, ref buffer).Span);
            }
        }
    }

    private void SendUntilTaken(HttpConnection connection, ReadOnlySpan<byte> rows)
    {
        for (int tries = 0; tries < TryCountMax; tries++)
        {
            long begin = Stopwatch.GetTimestamp();
            HttpReply reply = connection.Send("POST", server.WritePath, rows);
            if (reply.IsSuccess)
            {
                Writes.Done.Add(Stopwatch.GetElapsedTime(begin));
                Interlocked.Add(ref _rowCount, source.BatchRowCount);
                return;
            }

            if (Writes.NoteRefusal(reply) is not { } delay)
            {
                return;
            }

            _never.Wait(delay);
        }

        Writes.NoteError($"a batch was refused {TryCountMax} times");
    }

    private void Ask(Random random)
    {
        using HttpConnection connection = new(server.HttpPort, _replyMax);
        while (!_stop.IsCancellationRequested)
        {
            string sql = Draw(random);
            byte[] request = Encoding.UTF8.GetBytes($"{{\"sql\":\"{JsonEncodedText.Encode(sql)}\"}}");
            long begin = Stopwatch.GetTimestamp();
            HttpReply reply = connection.Send("POST", "/api/v1/query", request, QueryHeaders);
            if (reply.IsSuccess)
            {
                Queries.Done.Add(Stopwatch.GetElapsedTime(begin));
            }
            else if (Queries.NoteRefusal(reply) is { } delay)
            {
                _stop.Token.WaitHandle.WaitOne(delay);
            }
        }
    }

    private string Draw(Random random)
    {
        string recent = $"ts >= {SqueezeSource.TimestampText(Math.Max(0, source.StepCount - 5))}";
        return random.Next(7) switch
        {
            0 => "SELECT hostname, avg(usage_user), max(usage_system) FROM cpu GROUP BY hostname",
            1 => "SELECT ts, hostname, avg(usage_user), max(usage_idle) FROM cpu SAMPLE BY 5m",
            2 => $"SELECT * FROM cpu WHERE {recent} ORDER BY usage_user DESC",
            3 => "SELECT DISTINCT hostname, rack, service FROM cpu",
            4 => $"SELECT ts, hostname, usage_user, usage_idle FROM cpu WHERE {recent}",
            5 => "SELECT region, avg(usage_user), count(*) FROM cpu GROUP BY region",
            _ => $"SELECT * FROM cpu WHERE hostname = 'host_{random.Next(source.HostCount)}'",
        };
    }

    private void Merge()
    {
        while (!_stop.Token.WaitHandle.WaitOne(_mergePause))
        {
            long begin = Stopwatch.GetTimestamp();
            server.Compact();
            Merges.Add(Stopwatch.GetElapsedTime(begin));
        }
    }
}
