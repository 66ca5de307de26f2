using System.Text;
using Grpc.Core;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Protocol.V1;
using Tsdb.Query.Arrow.Reading;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;
using Tsdb.Server.Options;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Rpc;

/// <summary>Opens numbered streams of columns.</summary>
internal sealed class StreamCalls(EngineHost host, ServerOptions options, ServerMetrics metrics)
{
    /// <summary>Where a sender's columns go.</summary>
    public static ArrowSampleOptions SampleOptionsOf(ArrowTarget target, ServerOptions options) => new()
    {
        Table = target.Table,
        Tags = [.. target.Tags],
        MessageSizeBytesMax = options.MessageSizeBytesMax,
        BodySizeBytesMax = options.ArrowBodySizeBytesMax,
        DictionarySizeBytesMax = options.ArrowDictionarySizeBytesMax,
    };

    /// <summary>Serves one connection to its end.</summary>
    public async Task ServeAsync(
        IAsyncStreamReader<StreamMessage> requests,
        IServerStreamWriter<StreamReply> replies,
        CancellationToken cancellation)
    {
        StreamOpen? open = null;
        if (await requests.MoveNext(cancellation))
        {
            using StreamMessage first = requests.Current;
            open = first.Open;
        }

        if (open is not { Target: ArrowTarget target })
        {
            throw new RequestFaultException(FaultKind.Invalid, "the first message must open the stream");
        }

        if (Encoding.UTF8.GetByteCount(open.StreamId) > StreamPosition.IdSizeBytesMax)
        {
            throw new RequestFaultException(
                FaultKind.Invalid, $"a stream id has at most {StreamPosition.IdSizeBytesMax} bytes");
        }

        Database database = host.GetOrCreate(target.Database);
        using StreamIntake intake = new(
            database,
            open.StreamId,
            SampleOptionsOf(target, options),
            WriteReplies.FromWire(target.Durability));
        StreamSession session = new(intake, options.StreamWindowCountMax, metrics);
        await session.RunAsync(requests, replies, cancellation);
    }
}
