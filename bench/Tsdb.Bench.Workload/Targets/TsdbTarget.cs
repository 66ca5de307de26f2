using System.Globalization;
using System.Text;
using System.Text.Json;
using Grpc.Net.Client;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Protocol.V1;

namespace Tsdb.Bench.Workload.Targets;

/// <summary>Our server, started through the launcher at the root of the tree.</summary>
internal sealed class TsdbTarget : ITarget
{
    private readonly ServerProcess _process;
    private readonly GrpcChannel _channel;
    private readonly AdminService.AdminServiceClient _admin;

    /// <summary>Over a temporary folder, on free ports.</summary>
    public TsdbTarget(string program)
        : this(ServerProcess.Start(program, data => ServeArguments(data, 0, 0)))
    {
    }

    private TsdbTarget(ServerProcess process)
    {
        _process = process;
        using JsonDocument ready = ReadReadyLine();
        _process.Drain();
        HttpPort = ready.RootElement.GetProperty("http").GetInt32();
        GrpcPort = ready.RootElement.GetProperty("grpc").GetInt32();
        ProcessId = ready.RootElement.GetProperty("pid").GetInt32();
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{GrpcPort}");
        _admin = new AdminService.AdminServiceClient(_channel);
        Version = _admin.Stats(new StatsRequest()).Version.Split('+')[0];
    }

    /// <summary>Over a folder that stays. Port 0 takes a free one.</summary>
    public static TsdbTarget StartOn(
        string program,
        string dataFolder,
        string logPath,
        int httpPort = 0,
        int grpcPort = 0,
        string? configPath = null) =>
        new(ServerProcess.StartOn(
            program,
            data => ServeArguments(data, httpPort, grpcPort, configPath),
            dataFolder,
            logPath));

    /// <summary>The words that start a server.</summary>
    public static string[] ServeArguments(
        string dataFolder, int httpPort, int grpcPort, string? configPath = null) =>
    [
        "serve", "--data", dataFolder, "--http-port", $"{httpPort}", "--grpc-port", $"{grpcPort}",
        "--ilp-port", "0", .. configPath is null ? [] : new[] { "--config", configPath },
    ];

    public string Name => "tsdb";

    public string Version { get; }

    public int ProcessId { get; }

    public int HttpPort { get; }

    public int GrpcPort { get; }

    public string WritePath => "/write";

    /// <summary>Segments, catalogue and manifest. After a flush the log holds nothing that these
    /// lack.</summary>
    public long StoredBytes() => ProcessMeter.FolderBytes(_process.DataFolder, file => !IsLog(file));

    public long LogBytes() => ProcessMeter.FolderBytes(_process.DataFolder, IsLog);

    /// <summary>Bytes of frames that a recovery would read.</summary>
    public long LiveLogBytes() => (long)ReadMetrics("tsdb_wal_bytes{database=\"default\"}")[0];

    public RuntimeCounts ReadRuntime()
    {
        double[] values = ReadMetrics(
            "dotnet_gc_allocated_bytes_total",
            "dotnet_gc_pause_seconds_max",
            "dotnet_gc_committed_bytes_max");
        return new RuntimeCounts(values[0], values[1], values[2]);
    }

    public void Flush() => _admin.Flush(new FlushRequest());

    public void Compact() => _admin.Compact(new CompactRequest());

    /// <summary>Ends the server as a crash does.</summary>
    public void Kill() => _process.Kill(ProcessId);

    public void Stop() => _process.Stop();

    public void Dispose()
    {
        _channel.Dispose();
        _process.Dispose();
    }

    private double[] ReadMetrics(params string[] names)
    {
        using HttpConnection connection = new(HttpPort);
        string[] lines = Encoding.UTF8.GetString(connection.Send("GET", "/metrics", []).Body).Split('\n');
        return Array.ConvertAll(names, name => double.Parse(
            lines.First(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..],
            CultureInfo.InvariantCulture));
    }

    private static bool IsLog(FileInfo file) =>
        file.FullName.Contains(
            $"{Path.DirectorySeparatorChar}wal{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private JsonDocument ReadReadyLine()
    {
        while (_process.ReadLine() is { } line)
        {
            if (line.StartsWith('{') && line.Contains("\"ready\"", StringComparison.Ordinal))
            {
                return JsonDocument.Parse(line);
            }
        }

        throw new IOException($"The server ended before it was ready:\n{_process.ReadLog()}");
    }
}
