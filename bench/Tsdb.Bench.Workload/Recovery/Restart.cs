using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Recovery;

/// <summary>One restart after a kill: starts the server and asks it again and again, until all rows are
/// back.</summary>
internal sealed record Restart(
    TimeSpan FirstAnswer,
    TimeSpan Ready,
    double CpuSeconds,
    long PeakRssBytes,
    long ReplayedRows,
    long ReplayedBytes,
    long FoundRows,
    int ProbeCount)
{
    private static readonly TimeSpan _between = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _durationMax = TimeSpan.FromSeconds(120);

    /// <summary>Measures, checks the rows, and kills the server again: its log is as before.</summary>
    /// <param name="start">Starts the server.</param>
    /// <param name="httpPort">Where it will answer.</param>
    /// <param name="rowCount">What <see cref="LogFill.Table"/> must hold in the end, at least.</param>
    /// <param name="rowCountMax">And at most.</param>
    public static async Task<Restart> MeasureAsync(
        Func<ServerProcess> start, int httpPort, long rowCount, long rowCountMax)
    {
        long begin = Stopwatch.GetTimestamp();
        using ServerProcess server = start();
        using PeriodicTimer timer = new(_between);
        TimeSpan? firstAnswer = null;
        TimeSpan? ready = null;
        long replayedRows = 0;
        long replayedBytes = 0;
        int probeCount = 0;
        while (ready is null)
        {
            if (server.HasExited || Stopwatch.GetElapsedTime(begin) > _durationMax)
            {
                throw new IOException($"the server did not come back:\n{server.ReadLog()}");
            }

            await timer.WaitForNextTickAsync();
            probeCount++;
            if (firstAnswer is null && IsAnswered(httpPort))
            {
                firstAnswer = Stopwatch.GetElapsedTime(begin);
            }

            if (firstAnswer is not null && IsReady(httpPort, ref replayedRows, ref replayedBytes))
            {
                ready = Stopwatch.GetElapsedTime(begin);
            }
        }

        int processId = ReadProcessId(server);
        ProcessMeter meter = new(processId);
        double cpuSeconds = meter.CpuSeconds();
        long peakRssBytes = meter.PeakRssBytes();
        long found = CountRows(httpPort);
        if (found < rowCount || found > rowCountMax)
        {
            throw new IOException(
                $"{rowCount} rows were acknowledged, {rowCountMax} were sent, {found} are there");
        }

        server.Kill(processId);
        return new Restart(
            firstAnswer!.Value,
            ready.Value,
            cpuSeconds,
            peakRssBytes,
            replayedRows,
            replayedBytes,
            found,
            probeCount);
    }

    private static long CountRows(int httpPort)
    {
        using SqlEndpoint endpoint = new(httpPort);
        return (long)endpoint.Query($"SELECT count(*) AS n FROM {LogFill.Table}").Rows[0][0]!;
    }

    private static bool IsAnswered(int httpPort)
    {
        try
        {
            using SqlEndpoint endpoint = new(httpPort);
            return endpoint.Query($"SELECT count(*) AS n FROM {LogFill.SettledTable}").Rows[0][0] is 1L;
        }
        catch (Exception notYet) when (notYet is SocketException or IOException)
        {
            return false;
        }
    }

    private static bool IsReady(int httpPort, ref long replayedRows, ref long replayedBytes)
    {
        using HttpConnection connection = new(httpPort);
        HttpReply reply = connection.Send("GET", "/ready", []);
        using JsonDocument report = JsonDocument.Parse(reply.Body);
        if (report.RootElement.TryGetProperty("replays", out JsonElement replays))
        {
            replayedRows = Math.Max(replayedRows, replays[0].GetProperty("rows").GetInt64());
            replayedBytes = Math.Max(replayedBytes, replays[0].GetProperty("bytes").GetInt64());
        }

        return reply.IsSuccess;
    }

    private static int ReadProcessId(ServerProcess server)
    {
        while (server.ReadLine() is { } line)
        {
            if (line.StartsWith('{') && line.Contains("\"ready\"", StringComparison.Ordinal))
            {
                using JsonDocument ready = JsonDocument.Parse(line);
                return ready.RootElement.GetProperty("pid").GetInt32();
            }
        }

        throw new IOException("the server ended before it was ready");
    }
}
