using System.Collections.Concurrent;
using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Engine;

/// <summary>
/// How data come into one database: text is parsed into batches (<see cref="LineProtocolParser"/>), a batch's
/// names
/// become ids and what does not fit is refused, the batch is logged and synced, applied to the memtable, and
/// acknowledged (<see cref="StorageEngine.EnqueueAsync"/>).
/// </summary>
/// <remarks>Thread safe.</remarks>
public sealed class WritePath
{
    private const int IdleCountMax = 64;

    // As many as two connections may have under way. One may keep some MB, unless memory is short.
    private const int IdleBatchCountMax = 40;

    private readonly StorageEngine _storage;
    private readonly LineProtocolLimits _limits;
    private readonly TimeProvider _clock;
    private readonly DatabaseMemory? _memory;
    private readonly ConcurrentBag<LineWrite> _idle = [];
    private readonly ConcurrentBag<BatchWrite> _idleBatches = [];
    private int _aloneCount;

    internal WritePath(
        StorageEngine storage,
        LineProtocolLimits limits,
        TimeProvider clock,
        DatabaseMemory? memory = null)
    {
        _storage = storage;
        _limits = limits;
        _clock = clock;
        _memory = memory;
    }

    /// <summary>Starts a write request of line protocol.</summary>
    /// <param name="precision">Unit of the timestamps in the text.</param>
    /// <param name="durability">What the acknowledgement is to promise.</param>
    public LineWrite BeginLines(TimestampPrecision precision, Durability durability)
    {
        LineWrite write = _idle.TryTake(out LineWrite? idle)
            ? idle
            : new LineWrite(this, _storage, new BatchMemory(_memory));
        write.Start(new LineProtocolOptions(precision, Timestamp.Now(_clock).UnixNs, _limits), durability);
        return write;
    }

    /// <summary>Writes a batch that the caller made.</summary>
    /// <param name="batch">Left alone by the caller until the task completes.</param>
    /// <param name="rejects">Refusals so far; more may be added.</param>
    /// <param name="durability">What the acknowledgement is to promise.</param>
    /// <param name="cancellationToken">Gives up waiting to be queued; what is queued is stored.</param>
    /// <exception cref="StorageClosedException">The database takes no writes.</exception>
    public async Task<WriteOutcome> WriteBatchAsync(
        SampleBatch batch, RejectLog rejects, Durability durability, CancellationToken cancellationToken)
    {
        Task<long> commit = await _storage
            .EnqueueAsync(batch, durability, rejects, cancellationToken)
            .ConfigureAwait(false);
        long rowsStored = await commit.ConfigureAwait(false);
        return new WriteOutcome(rowsStored, rejects.Count, [.. rejects.Entries], durability);
    }

    /// <summary>Carries out a statement that writes, in its place among the batches.</summary>
    /// <param name="command">What it asks for.</param>
    /// <param name="cancellationToken">Gives up waiting to be queued; what is queued is carried out.</param>
    /// <exception cref="StorageClosedException">The database takes no writes.</exception>
    public Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellationToken) =>
        _storage.ExecuteAsync(command, cancellationToken);

    /// <summary>A batch to fill with rows of columns, as from Arrow.</summary>
    /// <exception cref="StorageClosedException">There is no memory for one at the moment.</exception>
    public BatchWrite BeginBatch()
    {
        BatchWrite write = _idleBatches.TryTake(out BatchWrite? idle)
            ? idle
            : new BatchWrite(this, _storage, new BatchMemory(_memory));
        write.Start();
        return write;
    }

    /// <summary>As <see cref="BeginBatch"/>, and waits while memory is short and batches are under way, the
    /// caller's own among them: storing those may give back enough.</summary>
    /// <exception cref="StorageClosedException">There is no memory for one at the moment.</exception>
    public async ValueTask<BatchWrite> BeginBatchAsync(CancellationToken cancellationToken)
    {
        if (!KeepsIdle)
        {
            await _storage.WaitForBatchesAsync(cancellationToken).ConfigureAwait(false);
        }

        return BeginBatch();
    }

    /// <summary>To charge what a request holds besides its batches, as buffers; whoever gets it disposes
    /// it.</summary>
    public MemoryHold BeginHold() =>
        _memory is null ? new MemoryHold(null) : new MemoryHold(_memory.Ingest, _memory.IngestLimitBytes / 4);

    /// <summary>
    /// Whether a batch may come in although memory is used up: one, and only when none is in flight. Without
    /// it, memory that nothing gives back, as that of idle senders, would refuse every write for good.
    /// <see cref="EndAlone"/> follows when the batch is in flight, or given up.
    /// </summary>
    internal bool TryBeginAlone()
    {
        if (Interlocked.CompareExchange(ref _aloneCount, 1, 0) != 0)
        {
            return false;
        }

        if (_storage.BatchesSizeBytes == 0)
        {
            return true;
        }

        EndAlone();
        return false;
    }

    internal void EndAlone() => Volatile.Write(ref _aloneCount, 0);

    /// <summary>Gives the memory of idle writers back.</summary>
    internal void FreeIdle()
    {
        while (_idle.TryTake(out LineWrite? lines))
        {
            lines.Free();
        }

        while (_idleBatches.TryTake(out BatchWrite? batch))
        {
            batch.Free();
        }
    }

    internal void Return(BatchWrite write)
    {
        if (_idleBatches.Count < IdleBatchCountMax && KeepsIdle)
        {
            _idleBatches.Add(write);
        }
        else
        {
            write.Free();
        }
    }

    internal void Return(LineWrite write)
    {
        if (_idle.Count < IdleCountMax && KeepsIdle)
        {
            _idle.Add(write);
        }
        else
        {
            write.Free();
        }
    }

    private bool KeepsIdle => _memory is not { Ingest.AvailableBytes: < 0 };
}
