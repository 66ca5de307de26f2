using Grpc.Core;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Ingest.Parse;
using Tsdb.Protocol.V1;
using Tsdb.Server.Endpoints;
using Tsdb.Server.Faults;
using Tsdb.Server.Hosting;
using Tsdb.Server.Options;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Rpc;

/// <summary>Writes over gRPC: line protocol, or columns as an Arrow stream. Numbered streams are
/// <see cref="StreamRpc"/>'s.</summary>
internal sealed class IngestRpc(EngineHost host, ServerOptions options, ServerMetrics metrics)
    : IngestService.IngestServiceBase
{
    public override async Task<WriteReply> WriteLines(WriteLinesRequest request, ServerCallContext context)
    {
        Database database = host.GetOrCreate(request.Database);
        ReadOnlyMemory<byte> lines = request.Lines.Memory;
        using MemoryHold memory = database.Writes.BeginHold();
        memory.Set(lines.Length);
        using LineWrite write = database.Writes.BeginLines(
            ToPrecision(request.Precision), WriteReplies.FromWire(request.Durability));
        for (int first = 0; first < lines.Length;)
        {
            int sizeBytes = PieceAt(lines.Span[first..]);
            await write.AppendAsync(lines.Slice(first, sizeBytes), context.CancellationToken);
            first += sizeBytes;
        }

        WriteOutcome outcome = await write.CommitAsync(context.CancellationToken);
        metrics.CountWrite(outcome, lines.Length);
        return WriteReplies.Of(outcome);
    }

    public override async Task<WriteReply> WriteArrow(
        IAsyncStreamReader<ArrowChunk> requestStream, ServerCallContext context)
    {
        CancellationToken cancellation = context.CancellationToken;
        ArrowWrite? write = null;
        try
        {
            while (await requestStream.MoveNext(cancellation))
            {
                ArrowChunk chunk = requestStream.Current;
                write ??= Begin(chunk.Target);
                await write.AppendAsync(chunk.Ipc.Memory, cancellation);
            }

            if (write is null)
            {
                throw new RequestFaultException(FaultKind.Invalid, "the stream is empty: no schema came");
            }

            WriteOutcome outcome = await write.CommitAsync(cancellation);
            metrics.CountWrite(outcome, write.SizeBytes);
            return WriteReplies.Of(outcome);
        }
        finally
        {
            write?.Dispose();
        }
    }

    private ArrowWrite Begin(ArrowTarget? target)
    {
        if (target is null)
        {
            throw new RequestFaultException(FaultKind.Invalid, "the first chunk must carry the target");
        }

        Database database = host.GetOrCreate(target.Database);
        return new ArrowWrite(
            database.Writes,
            StreamCalls.SampleOptionsOf(target, options),
            WriteReplies.FromWire(target.Durability));
    }

    // The request's own limit bounds a line, as all of it is here.
    private static int PieceAt(ReadOnlySpan<byte> rest)
    {
        for (long sizeBytes = LineCut.PieceSizeBytes; sizeBytes < rest.Length; sizeBytes *= 2)
        {
            int wholeSizeBytes = LineCut.Measure(rest[..(int)sizeBytes]);
            if (wholeSizeBytes > 0)
            {
                return wholeSizeBytes;
            }
        }

        return rest.Length;
    }

    private static TimestampPrecision ToPrecision(Precision precision) => precision switch
    {
        Precision.Nanoseconds => TimestampPrecision.Nanosecond,
        Precision.Microseconds => TimestampPrecision.Microsecond,
        Precision.Milliseconds => TimestampPrecision.Millisecond,
        Precision.Seconds => TimestampPrecision.Second,
        _ => throw new RequestFaultException(FaultKind.Invalid, "the precision is unknown"),
    };
}
