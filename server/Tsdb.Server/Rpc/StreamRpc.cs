using Grpc.Core;
using Tsdb.Protocol.V1;

namespace Tsdb.Server.Rpc;

/// <summary>The streaming method of <see cref="IngestService"/>; bound by
/// <see cref="StreamRpcMethods"/>.</summary>
internal sealed class StreamRpc(StreamCalls streams)
{
    public Task WriteStream(
        IAsyncStreamReader<StreamMessage> requestStream,
        IServerStreamWriter<StreamReply> responseStream,
        ServerCallContext context) =>
        streams.ServeAsync(requestStream, responseStream, context.CancellationToken);
}
