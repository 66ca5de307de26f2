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

    /// <param name="program">Path of the launcher.</param>
    /// <param name="folder">Home of the data; null takes a temporary one.</param>
    public TsdbTarget(string program, string? folder = null)
    {
        _process = ServerProcess.Start(
            program,
            data =>
            [
                "serve", "--data", data, "--http-port", "0", "--grpc-port", "0",
            ],
            folder);
        using JsonDocument ready = ReadReadyLine();
        _process.Drain();
        HttpPort = ready.RootElement.GetProperty("http").GetInt32();
        GrpcPort = ready.RootElement.GetProperty("grpc").GetInt32();
        ProcessId = ready.RootElement.GetProperty("pid").GetInt32();
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{GrpcPort}");
        _admin = new AdminService.AdminServiceClient(_channel);
        Version = _admin.Stats(new StatsRequest()).Version;
    }

    public string Name => "tsdb";

    public string Version { get; }

    public int ProcessId { get; }

    public int HttpPort { get; }

    public int GrpcPort { get; }

    public string WritePath => "/write";

    public long StoredBytes() => ProcessMeter.FolderBytes(Path.Combine(_process.Folder, "data"));

    public void Flush() => _admin.Flush(new FlushRequest());

    public void Compact() => _admin.Compact(new CompactRequest());

    public void Stop() => _process.Stop();

    public void Dispose()
    {
        _channel.Dispose();
        _process.Dispose();
    }

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
