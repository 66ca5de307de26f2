using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tsdb.Server.Options;
using Tsdb.Storage;

namespace Tsdb.Server.Cli;

/// <summary>
/// <c>tsdb serve</c>: runs the server until SIGTERM or Ctrl-C, then drains, flushes and ends.
/// </summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<string?> data = new("--data")
        {
            Description = "The data directory; created if it is not there.",
            HelpName = "DIR",
        };
        Option<int?> http = PortOption("--http-port", "HTTP/1.1: line protocol, queries, metrics.", 9000);
        Option<int?> grpc = PortOption("--grpc-port", "gRPC.", 9001);
        Option<int?> ilp = PortOption("--ilp-port", "Line protocol over TCP.", 9009);
        Option<int?> connections = ConnectionsOption();
        Option<bool> skip = new("--skip-damaged-log")
        {
            Description = "Goes on without the rows that a damaged log has lost; its file is set aside.",
        };
        Option<string?> memory = new("--memory-limit")
        {
            Description = "What the process may use: bytes, or as 512M, 8G. [default: the container's limit]",
            HelpName = "SIZE",
        };
        Option<string?> config = ConfigOption();
        Option<string?> backupRoot = new("--backup-root")
        {
            Description = "Statements and calls may write backups below this folder or s3:// place only.",
            HelpName = "TARGET",
        };
        Option<long?> merges = MergesOption();
        Option<double?> erasure = ErasureOption();
        Option<string?> archiveTo = ArchiveOption();
        Command command = new("serve", "Runs the server. When ready, prints one JSON line with its ports.")
        {
            data, http, grpc, ilp, connections, memory, config, backupRoot, archiveTo, skip, merges, erasure,
        };
        command.SetAction((parsed, _) => RunAsync(() =>
        {
            string? path = parsed.GetValue(config);
            ConfigFile file = path is null ? new ConfigFile() : ConfigFile.Read(path);
            ServerOptions options = file.ToOptions(parsed.GetValue(data));
            return options with
            {
                HttpPort = parsed.GetValue(http) ?? options.HttpPort,
                GrpcPort = parsed.GetValue(grpc) ?? options.GrpcPort,
                IlpPort = parsed.GetValue(ilp) ?? options.IlpPort,
                HttpConnectionCountMax = parsed.GetValue(connections) ?? options.HttpConnectionCountMax,
                MemoryLimitBytes = parsed.GetValue(memory) is { } limit
                    ? ServerOptionsCheck.ReadMemoryLimit(limit)
                    : options.MemoryLimitBytes,
                LimitsHeap = true,
                SkipsDamagedLog = parsed.GetValue(skip),
                BackupRoot = parsed.GetValue(backupRoot) ?? options.BackupRoot,
                ArchiveTo = parsed.GetValue(archiveTo) ?? options.ArchiveTo,
                Storage = WithStorage(
                    options.Storage, parsed.GetValue(merges), parsed.GetValue(erasure)),
            };
        }));
        return command;
    }

    private static StorageOptions WithStorage(
        StorageOptions storage, long? sizeBytesPerSecond, double? erasureSeconds) =>
        storage with
        {
            ErasureDeadline = ServerOptionsCheck.ReadSeconds(
                "--erasure-deadline", erasureSeconds, storage.ErasureDeadline),
            CompactionSizeBytesPerSecondMax = sizeBytesPerSecond ?? storage.CompactionSizeBytesPerSecondMax,
        };

    private static Option<string?> ConfigOption() => new("--config")
    {
        Description = "A JSON file with options; the command line overrides it.",
        HelpName = "FILE",
    };

    private static Option<int?> ConnectionsOption() => new("--http-connections")
    {
        Description = "Connections at a time to the HTTP port, and to the gRPC port. [default: 1024]",
        HelpName = "N",
    };

    private static Option<string?> ArchiveOption() => new("--archive-to")
    {
        Description = "Archives the log to a folder or s3:// place: any moment can be restored.",
        HelpName = "TARGET",
    };

    private static Option<long?> MergesOption() => new("--merge-rate")
    {
        Description = "Bytes a second that merges read and write; 0 for no limit. [default: 268435456]",
        HelpName = "N",
    };

    private static Option<double?> ErasureOption() => new("--erasure-deadline")
    {
        Description = "Seconds until deleted rows leave the files at the latest. [default: 604800]",
        HelpName = "N",
    };

    private static Option<int?> PortOption(string name, string what, int usual) => new(name)
    {
        Description = string.Create(
            CultureInfo.InvariantCulture, $"{what} 0 picks a free port. [default: {usual}]"),
        HelpName = "N",
    };

    private static async Task<int> RunAsync(Func<ServerOptions> read)
    {
        TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            ServerOptions options = read();
            await using TsdbServer server = await TsdbServer.StartAsync(options, TimeProvider.System);
            await Console.Out.WriteLineAsync(ReadyLine(server, options));
            await Console.Out.FlushAsync();
            await stop.Task;
        }
        catch (Exception fault) when (
            fault is ServerOptionsException or IOException or UnauthorizedAccessException or SocketException)
        {
            await Console.Error.WriteLineAsync($"tsdb serve: {fault.Message}");
            return CommandLine.Failure;
        }

        return CommandLine.Success;
    }

    private static string ReadyLine(TsdbServer server, ServerOptions options) => JsonSerializer.Serialize(new
    {
        @event = "ready",
        pid = Environment.ProcessId,
        http = server.HttpPort,
        grpc = server.GrpcPort,
        ilp = server.IlpPort,
        data = Path.GetFullPath(options.DataDirectory),
    });
}
