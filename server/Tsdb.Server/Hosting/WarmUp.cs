using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Ingest.Parse;
using Tsdb.Server.Endpoints;
using Tsdb.Server.Telemetry;
using Tsdb.Storage;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Takes the write path once before the first sender does, so that its code is compiled by then: rows go
/// into a scratch database and to its segments, and lines that are all comments come over HTTP. Without it
/// the first second of a load spent half of its CPU time in the compiler.
/// </summary>
internal static class WarmUp
{
    private const string FolderName = ".warm-up"; // No database can have this name.
    private const int SeriesCount = 64;
    private const int StepCount = 40;
    private const int CommentSizeBytes = 3 * LineCut.PieceSizeBytes;
    private const int RequestCount = 3;
    private const int ReplySizeBytesMax = 4096;

    /// <summary>Warms up; the scratch database is gone afterwards. Failing is logged and does no
    /// harm.</summary>
    public static async Task RunAsync(
        string dataDirectory, IPEndPoint server, ServerMetrics metrics, ILogger logger, TimeProvider clock)
    {
        try
        {
            await StoreAsync(dataDirectory, clock);
            await PostAsync(server, metrics);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SocketException)
        {
            ServerLog.WarmUpFailed(logger, fault);
        }

        // What it leaves behind is not for the first senders to wait for.
        GC.Collect();
        metrics.RestartPauses(clock.GetUtcNow());
    }

    private static async Task StoreAsync(string dataDirectory, TimeProvider clock)
    {
        string folder = Path.Combine(dataDirectory, FolderName);
        RemoveFolder(folder); // A crash may have left it.
        try
        {
            DatabaseOptions options = new()
            {
                DataDirectory = folder,
                Storage = new StorageOptions { WalFileSizeBytes = 1 << 20, WalSizeBytesMax = 1 << 22 },
            };
            await using TsdbEngine engine = await TsdbEngine.OpenAsync(options, clock);
            Database database = engine.GetOrCreate(DatabaseOptions.DefaultDatabase);
            byte[] lines = WriteLines();
            for (int round = 0; round < 2; round++)
            {
                using LineWrite write =
                    database.Writes.BeginLines(TimestampPrecision.Nanosecond, Durability.Fsync);
                await write.AppendAsync(lines, CancellationToken.None);
                await write.AppendAsync(lines, CancellationToken.None);
                await write.CommitAsync(CancellationToken.None);
                await database.FlushAsync(CancellationToken.None);
            }
        }
        finally
        {
            RemoveFolder(folder);
        }
    }

    /// <summary>Values of every type, some steady, some wandering, some seldom there.</summary>
    private static byte[] WriteLines()
    {
        StringBuilder lines = new();
        for (int step = 0; step < StepCount; step++)
        {
            for (int series = 0; series < SeriesCount; series++)
            {
                int value = (series * 31 + step * 17) % 101;
                lines.Append($"warm,host=host_{series},region=r{series % 3} count={value}i,steady=7i,")
                    .Append($"level={value / 10.0},ratio={Math.Sqrt(value)},on={value % 2 == 0}")
                    .Append(step % 4 == 0 ? $",state=\"s{value % 5}\" " : " ")
                    .Append(1_700_000_000_000_000_000 + (step * 10_000_000_000L)).Append('\n');
            }
        }

        return Encoding.ASCII.GetBytes(lines.ToString());
    }

    private static async Task PostAsync(IPEndPoint server, ServerMetrics metrics)
    {
        byte[] body = new byte[CommentSizeBytes];
        body.AsSpan().Fill((byte)'#');
        for (int i = 99; i < body.Length; i += 100)
        {
            body[i] = (byte)'\n';
        }

        byte[] head = Encoding.ASCII.GetBytes(
            $"POST /write HTTP/1.1\r\nHost: {server}\r\nContent-Length: {body.Length}\r\n\r\n");
        byte[] reply = new byte[ReplySizeBytesMax];
        using Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server);
        for (int request = 0; request < RequestCount; request++)
        {
            await socket.SendAsync(head);
            await socket.SendAsync(body);
            int sizeBytes = 0;
            while (!reply.AsSpan(0, sizeBytes).EndsWith("\r\n\r\n"u8))
            {
                int receivedBytes = await socket.ReceiveAsync(reply.AsMemory(sizeBytes));
                if (receivedBytes == 0)
                {
                    return;
                }

                sizeBytes += receivedBytes;
            }

            metrics.UncountWrite(body.Length);
        }
    }

    private static void RemoveFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
