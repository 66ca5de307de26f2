using Apache.Arrow;
using Apache.Arrow.Ipc;
using Google.Protobuf;
using Grpc.Core;
using Tsdb.Protocol.V1;

namespace Tsdb.Client.Calls;

/// <summary>Calls of the ingest service.</summary>
internal sealed class IngestCalls(Connection connection)
{
    private readonly IngestService.IngestServiceClient _service = new(connection.Invoker);

    public async Task<TsdbWriteOutcome> WriteLinesAsync(
        ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        WriteLinesRequest request = new()
        {
            Database = connection.Options.Database,
            Lines = UnsafeByteOperations.UnsafeWrap(lines),
            Durability = ToWire(connection.Options.Durability),
        };
        WriteReply reply = await Connection
            .CompleteAsync(_service.WriteLinesAsync(request, connection.CallOf(cancellationToken)))
            .ConfigureAwait(false);
        return RpcErrors.ToOutcome(reply);
    }

    public async Task<TsdbWriteOutcome> WriteArrowAsync(
        string table,
        IReadOnlyCollection<string> tags,
        Schema schema,
        IAsyncEnumerable<RecordBatch> batches,
        CancellationToken cancellationToken)
    {
        ArrowTarget target = new()
        {
            Database = connection.Options.Database,
            Table = table,
            Durability = ToWire(connection.Options.Durability),
        };
        target.Tags.AddRange(tags);
        using AsyncClientStreamingCall<ArrowChunk, WriteReply> call =
            _service.WriteArrow(connection.CallOf(cancellationToken));
        try
        {
            await SendAsync(call, target, schema, batches, cancellationToken).ConfigureAwait(false);
            return RpcErrors.ToOutcome(await call.ResponseAsync.ConfigureAwait(false));
        }
        catch (RpcException fault)
        {
            throw RpcErrors.Translate(fault);
        }
    }

    private static async Task SendAsync(
        AsyncClientStreamingCall<ArrowChunk, WriteReply> call,
        ArrowTarget target,
        Schema schema,
        IAsyncEnumerable<RecordBatch> batches,
        CancellationToken cancellationToken)
    {
        using MemoryStream pending = new();
        using ArrowStreamWriter writer = new(pending, schema, leaveOpen: true);
        await writer.WriteStartAsync(cancellationToken).ConfigureAwait(false);
        ArrowTarget? first = target;
        await foreach (RecordBatch batch in batches.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            await writer.WriteRecordBatchAsync(batch, cancellationToken).ConfigureAwait(false);
            if (!await TrySendAsync(call, first, pending, cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            first = null;
        }

        await writer.WriteEndAsync(cancellationToken).ConfigureAwait(false);
        if (await TrySendAsync(call, first, pending, cancellationToken).ConfigureAwait(false))
        {
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
    }

    // The server may refuse while we still send: then the reply tells why, not the broken stream.
    private static async Task<bool> TrySendAsync(
        AsyncClientStreamingCall<ArrowChunk, WriteReply> call,
        ArrowTarget? target,
        MemoryStream pending,
        CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes = pending.GetBuffer().AsMemory(0, (int)pending.Length);
        ArrowChunk chunk = new() { Target = target, Ipc = UnsafeByteOperations.UnsafeWrap(bytes) };
        if (call.ResponseAsync.IsCompleted)
        {
            return false;
        }

        await call.RequestStream.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
        pending.SetLength(0);
        return true;
    }

    internal static Durability ToWire(Core.Durability durability) => durability switch
    {
        Core.Durability.Fsync => Durability.Fsync,
        Core.Durability.Os => Durability.Os,
        _ => Durability.Memory,
    };
}
