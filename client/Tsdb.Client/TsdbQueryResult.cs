using System.Runtime.CompilerServices;
using Apache.Arrow;
using Grpc.Core;
using Tsdb.Client.Calls;
using Tsdb.Protocol.V1;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Client;

/// <summary>The rows of one query as they arrive. Dispose it: that stops the query in the server.</summary>
/// <remarks>Read once, by one caller at a time.</remarks>
public sealed class TsdbQueryResult : IDisposable
{
    private readonly AsyncServerStreamingCall<QueryChunk> _call;
    private readonly ArrowStreamDecoder _decoder;
    private RecordBatch? _batch;
    private RecordBatch? _waiting;

    private TsdbQueryResult(AsyncServerStreamingCall<QueryChunk> call, int messageSizeBytesMax)
    {
        _call = call;
        _decoder = new ArrowStreamDecoder(messageSizeBytesMax);
    }

    /// <summary>Name and Arrow type of each column.</summary>
    public Schema Schema => _decoder.Schema!;

    /// <summary>What the query cost; null until all rows are read.</summary>
    public TsdbQueryStatistics? Statistics { get; private set; }

    /// <summary>The next rows; null at the end.</summary>
    /// <returns>Valid until the next call, which disposes it.</returns>
    /// <exception cref="TsdbQueryException">A value cannot be computed.</exception>
    /// <exception cref="TsdbException">The server failed or cannot be reached.</exception>
    public async Task<RecordBatch?> ReadBatchAsync(CancellationToken cancellationToken = default)
    {
        _batch?.Dispose();
        (_batch, _waiting) = (_waiting, null);
        try
        {
            while ((_batch ??= _decoder.ReadBatch()) is null)
            {
                if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false))
                {
                    return null;
                }
            }

            return _batch;
        }
        catch (RpcException fault)
        {
            throw RpcErrors.Translate(fault);
        }
    }

    /// <summary>All rows, one by one; a row is valid until the next one.</summary>
    public async IAsyncEnumerable<TsdbRow> ReadRowsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadBatchAsync(cancellationToken).ConfigureAwait(false) is RecordBatch batch)
        {
            for (int row = 0; row < batch.Length; row++)
            {
                yield return new TsdbRow(batch, row);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _batch?.Dispose();
        _waiting?.Dispose();
        _call.Dispose();
        _decoder.Dispose();
    }

    internal static async Task<TsdbQueryResult> StartAsync(
        AsyncServerStreamingCall<QueryChunk> call,
        int messageSizeBytesMax,
        CancellationToken cancellationToken)
    {
        TsdbQueryResult result = new(call, messageSizeBytesMax);
        try
        {
            // The schema is the first message: with it, errors in the statement are known.
            while (result._decoder.Schema is null
                && await result.ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                result._waiting = result._decoder.ReadBatch();
            }

            return result;
        }
        catch (RpcException fault)
        {
            result.Dispose();
            throw RpcErrors.Translate(fault);
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!await _call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        QueryChunk chunk = _call.ResponseStream.Current;
        _decoder.Feed(chunk.Ipc.Span);
        if (chunk.Stats is { } stats)
        {
            Statistics = new TsdbQueryStatistics(
                stats.RowsReturned,
                stats.RowsRead,
                stats.BlocksRead,
                stats.BlocksPruned,
                stats.BytesRead,
                stats.SeriesRead,
                TimeSpan.FromMicroseconds(stats.ElapsedNs / 1000.0));
        }

        return true;
    }
}
