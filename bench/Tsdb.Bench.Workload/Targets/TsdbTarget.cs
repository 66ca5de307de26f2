using System.Text.Json;
using Grpc.Net.Client;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Protocol.V1;

namespace Tsdb.Bench.Workload.Targets;

/// <summary>Our server, started through the launcher at the root of the tree.</summary>
internal sealed class TsdbTarget : ITarget
{
    private const int IdleLookCount = 5;

    private readonly ServerProcess _process;
    private readonly GrpcChannel _channel;
    private readonly AdminService.AdminServiceClient _admin;

    /// <summary>Over a temporary folder, on free ports.</summary>
    /// <param name="program">The launcher.</param>
    /// <param name="moreArguments">Further words of the command line.</param>
    public TsdbTarget(string program, params string[] moreArguments)
        : this(ServerProcess.Start(program, data => [.. ServeArguments(data, 0, 0), .. moreArguments]))
    {
    }

    /// <summary>The same with a file of options.</summary>
    public TsdbTarget(string program, string configPath)
        : this(ServerProcess.Start(
            program, data => ServeArguments(data, 0, 0, configPath)))
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
    public long StoredBytes() => ProcessMeter.FolderBytes(
        _process.DataFolder, file => !IsLog(file) && file.Name != "ballast");

    public long LogBytes() => ProcessMeter.FolderBytes(_process.DataFolder, IsLog);

    /// <summary>Bytes of frames that a recovery would read.</summary>
    public long LiveLogBytes() => (long)ReadMetrics()["tsdb_wal_bytes"];

    public RuntimeCounts ReadRuntime()
    {
        IReadOnlyDictionary<string, double> metrics = ReadMetrics();
        return new RuntimeCounts(
            metrics["dotnet_gc_allocated_bytes_total"],
            metrics["dotnet_gc_pause_seconds_max"],
            metrics["dotnet_gc_committed_bytes_max"]);
    }

    /// <summary>Syncs of the log that acknowledged something.</summary>
    public double CountCommits() => ReadMetrics()["tsdb_wal_commits_total"];

    public DeviceWrites ReadWrites() => DeviceWrites.Of(ReadMetrics());

    public void Flush() => _admin.Flush(new FlushRequest());

    public void Compact() => _admin.Compact(new CompactRequest());

    /// <summary>Returns when no merge is under way or due, and none has been for a moment.</summary>
    public void WaitForMerges()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int idleCount = 0; idleCount < IdleLookCount; idleCount++)
        {
            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
            IReadOnlyDictionary<string, double> metrics = ReadMetrics();
            bool isBusy = metrics["tsdb_compaction_queue"] + metrics["tsdb_compaction_current_bytes"] > 0;
            idleCount = isBusy ? -1 : idleCount;
        }
    }

    /// <summary>Ends the server as a crash does.</summary>
    public void Kill() => _process.Kill(ProcessId);

    public void Stop() => _process.Stop();

    public void Dispose()
    {
        _channel.Dispose();
        _process.Dispose();
    }

    private IReadOnlyDictionary<string, double> ReadMetrics()
    {
        using HttpConnection connection = new(HttpPort);
        return ServerMetrics.Read(connection);
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
