using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Tsdb.Protocol.V1;

namespace Tsdb.Server.Rpc;

/// <summary>
/// Binds <see cref="StreamRpc"/> apart from the generated code, so that its requests are read by
/// <see cref="StreamMessageReader"/>.
/// </summary>
internal sealed class StreamRpcMethods : IServiceMethodProvider<StreamRpc>
{
    private static readonly Method<StreamMessage, StreamReply> _method = new(
        MethodType.DuplexStreaming,
        IngestService.Descriptor.FullName,
        nameof(IngestService.IngestServiceBase.WriteStream),
        StreamMessageReader.Marshaller,
        Marshallers.Create(
            static (StreamReply reply, SerializationContext context) =>
            {
                context.SetPayloadLength(reply.CalculateSize());
                reply.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            static context => StreamReply.Parser.ParseFrom(context.PayloadAsReadOnlySequence())));

    /// <inheritdoc />
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<StreamRpc> context) =>
        context.AddDuplexStreamingMethod(
            _method,
            [],
            static (service, requests, replies, call) => service.WriteStream(requests, replies, call));
}
