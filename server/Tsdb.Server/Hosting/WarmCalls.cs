using System.Net;
using System.Net.Sockets;
using System.Text;
using Tsdb.Client;
using Tsdb.Core;
using Tsdb.Server.Endpoints;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Hosting;

/// <summary>Calls the server itself, with nothing to write.</summary>
internal static class WarmCalls
{
    private const int CommentSizeBytes = 3 * LineCut.PieceSizeBytes;
    private const int RequestCount = 3;
    private const int ReplySizeBytesMax = 4096;

    /// <summary>Lines that are all comments, over HTTP.</summary>
    public static async Task PostAsync(IPEndPoint server, ServerMetrics metrics, CancellationToken stop)
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
        await socket.ConnectAsync(server, stop);
        for (int request = 0; request < RequestCount; request++)
        {
            await socket.SendAsync(head, stop);
            await socket.SendAsync(body, stop);
            int sizeBytes = 0;
            while (!reply.AsSpan(0, sizeBytes).EndsWith("\r\n\r\n"u8))
            {
                int receivedBytes = await socket.ReceiveAsync(reply.AsMemory(sizeBytes), stop);
                if (receivedBytes == 0)
                {
                    return;
                }

                sizeBytes += receivedBytes;
            }

            metrics.UncountWrite(body.Length);
        }
    }

    /// <summary>Opens a stream of columns and closes it again: nothing is written.</summary>
    public static async Task CallAsync(IPEndPoint server, CancellationToken stop)
    {
        using TsdbClient client = new(server.Address.ToString(), server.Port);
        TsdbWriterSchema schema = new("warm", ["host"], [new TsdbField("level", ColumnType.Float64)]);
        await using (await client.OpenWriterAsync(schema, null, stop))
        {
        }

        await client.FlushAsync(stop);
    }
}
