using Apache.Arrow;
using Tsdb.Core;
using Tsdb.Engine;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Server.Rpc;

/// <summary>
/// One write request that comes as an Arrow stream: each record batch is on its way to the log while the
/// next one is still being received.
/// </summary>
internal sealed class ArrowWrite : IDisposable
{
    private const int InFlightCountMax = 3;

    private readonly WritePath _writes;
    private readonly string _table;
    private readonly string[] _tags;
    private readonly Durability _durability;
    private readonly ArrowStreamDecoder _decoder;
    private readonly Stack<SampleBatch> _idle = new();
    private readonly Queue<(SampleBatch Batch, Task<WriteOutcome> Write)> _inFlight = new();
    private readonly List<RowReject> _rejects = [];
    private ArrowSampleReader? _reader;
    private int _rowCount;
    private long _rowsStored;
    private int _rowsRejected;

    public ArrowWrite(
        WritePath writes, string table, string[] tags, Durability durability, int messageSizeBytesMax)
    {
        _writes = writes;
        _table = table;
        _tags = tags;
        _durability = durability;
        _decoder = new ArrowStreamDecoder(messageSizeBytesMax);
    }

    /// <summary>Bytes received.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Takes a piece of the stream; waits while too much is under way.</summary>
    /// <exception cref="ArrowInputException">The stream cannot be read; batches before are
    /// stored.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        SizeBytes += piece.Length;
        _decoder.Feed(piece.Span);
        while (_decoder.ReadBatch() is RecordBatch records)
        {
            using (records)
            {
                _reader ??= new ArrowSampleReader(
                    ArrowColumnPlan.Of(_decoder.Schema!, _table, _tags), _decoder.Schema!);
                int first = 0;
                foreach (int rowCount in _reader.PlanSlices(records))
                {
                    await WriteAsync(_reader, records.Slice(first, rowCount), cancellation);
                    first += rowCount;
                }
            }
        }
    }

    /// <summary>Completes when every row is as durable as asked.</summary>
    /// <exception cref="ArrowInputException">The stream ended inside a message, or before its
    /// schema.</exception>
    public async ValueTask<WriteOutcome> CommitAsync(CancellationToken cancellation)
    {
        while (_inFlight.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            await CompleteOldestAsync();
        }

        if (_decoder.IsInsideMessage || _decoder.Schema is null)
        {
            throw new ArrowInputException(
                $"the Arrow stream ended early, after {_rowCount} rows; {_rowsStored} of them are stored");
        }

        return new WriteOutcome(_rowsStored, _rowsRejected, _rejects, _durability);
    }

    /// <inheritdoc />
    public void Dispose() => _decoder.Dispose();

    private async ValueTask WriteAsync(
        ArrowSampleReader reader, RecordBatch records, CancellationToken cancellation)
    {
        if (_inFlight.Count >= InFlightCountMax)
        {
            await CompleteOldestAsync();
        }

        SampleBatch batch = _idle.TryPop(out SampleBatch? idle) ? idle : new SampleBatch();
        RejectLog rejects = new();
        reader.Read(records, _rowCount + 1, batch, rejects);
        _rowCount += records.Length;
        _inFlight.Enqueue((batch, _writes.WriteBatchAsync(batch, rejects, _durability, cancellation)));
    }

    private async ValueTask CompleteOldestAsync()
    {
        (SampleBatch batch, Task<WriteOutcome> write) = _inFlight.Dequeue();
        WriteOutcome outcome = await write;
        _rowsStored += outcome.RowsStored;
        _rowsRejected += outcome.RowsRejected;
        _rejects.AddRange(outcome.Rejects.Take(RejectLog.EntryCountMax - _rejects.Count));
        _idle.Push(batch);
    }
}
