using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tsdb.Bench.Workload.Loading;

namespace Tsdb.Bench.Workload.Targets;

/// <summary>VictoriaMetrics, single node, defaults but for the retention (the rows are of 2016 and
/// 2023).</summary>
internal sealed class VictoriaTarget : ITarget
{
    private const int StartAttemptsMax = 100;

    private readonly ServerProcess _process;

    public VictoriaTarget(string program)
    {
        HttpPort = ServerProcess.FindFreePort();
        _process = ServerProcess.Start(program, folder =>
        [
            "-storageDataPath", folder, "-httpListenAddr", $"127.0.0.1:{HttpPort}",
            "-retentionPeriod", "100y", "-search.latencyOffset", "0s",
        ]);
        _process.Drain();
        WaitUntilReady();
    }

    public string Name => "victoria";

    public string Version { get; } = DebianVersion();

    public int ProcessId => _process.Id;

    public int HttpPort { get; }

    public string WritePath => "/write";

    public long StoredBytes() => ProcessMeter.FolderBytes(_process.DataFolder, _ => true);

    /// <summary>It has no log: what is in memory when it is killed is lost.</summary>
    public long LogBytes() => 0;

    public RuntimeCounts ReadRuntime() => RuntimeCounts.None;

    public DeviceWrites ReadWrites() => DeviceWrites.None;

    public void Flush() => Get("/internal/force_flush");

    public void Compact()
    {
        Get("/internal/force_merge");
        string metrics;
        do
        {
            Pause();
            metrics = Encoding.UTF8.GetString(Get("/metrics"));
        }
        while (Regex.IsMatch(metrics, "vm_active_merges{type=\"storage/(big|small)\"} [1-9]"));
    }

    public void Stop() => _process.Stop();

    public void Dispose() => _process.Dispose();

    private byte[] Get(string path)
    {
        using HttpConnection connection = new(HttpPort);
        HttpReply reply = connection.Send("GET", path, []);
        return reply.IsSuccess ? reply.Body : throw new IOException(
            $"{path} answered {reply.Code}: {reply.Excerpt}");
    }

    private void WaitUntilReady()
    {
        for (int attempt = 0; attempt < StartAttemptsMax && !_process.HasExited; attempt++)
        {
            try
            {
                Get("/health");
                return;
            }
            catch (SocketException)
            {
                // Not listening yet.
                Pause();
            }
        }

        throw new IOException($"VictoriaMetrics does not answer:\n{_process.ReadLog()}");
    }

    private static void Pause()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Debian's build does not tell its version; the package does.</summary>
    private static string DebianVersion()
    {
        ProcessStartInfo query = new("dpkg-query", ["-W", "-f", "${Version}", "victoria-metrics"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(query)!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}
