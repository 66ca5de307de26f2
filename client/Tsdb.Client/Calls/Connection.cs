using Grpc.Core;
using Grpc.Net.Client;

namespace Tsdb.Client.Calls;

/// <summary>The channel to the server, and what every call over it has in common.</summary>
internal sealed class Connection : IDisposable
{
    // A stream's window bounds how much is on its way: gRPC's default of 64 KB halves the speed of large
    // results.
    private const int StreamWindowSizeBytes = 8 << 20;

    private readonly GrpcChannel _channel;

    public Connection(Uri server, TsdbClientOptions options)
    {
        Options = options;
        _channel = GrpcChannel.ForAddress(server, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                InitialHttp2StreamWindowSize = StreamWindowSizeBytes,
                EnableMultipleHttp2Connections = true,
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = options.MessageSizeBytesMax,
            MaxSendMessageSize = null,
        });
    }

    public TsdbClientOptions Options { get; }

    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public CallOptions CallOf(CancellationToken cancellationToken)
    {
        DateTime? deadline = Options.Timeout is { } timeout
            ? TimeProvider.System.GetUtcNow().UtcDateTime + timeout
            : null;
        return new CallOptions(deadline: deadline, cancellationToken: cancellationToken);
    }

    public static async Task<T> CompleteAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (RpcException fault)
        {
            throw RpcErrors.Translate(fault);
        }
        finally
        {
            call.Dispose();
        }
    }

    public void Dispose() => _channel.Dispose();
}
