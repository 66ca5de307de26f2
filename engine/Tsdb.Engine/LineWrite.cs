using Tsdb.Core;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Engine;

/// <summary>
/// One write request of line protocol, brought in pieces: each is parsed at once and on its way to the log
/// while
/// the next one is still being received.
/// </summary>
/// <remarks>From <see cref="WritePath.BeginLines"/>; one caller at a time; dispose to give its memory
/// back.</remarks>
public sealed class LineWrite : IDisposable
{
    // Pieces of one request that may be under way at once: one being committed, one queued, one being parsed.
    private const int InFlightCountMax = 3;

    private readonly WritePath _owner;
    private readonly StorageEngine _storage;
    private readonly LineProtocolParser _parser;
    private readonly BatchMemory _memory;
    private readonly RejectLog _rejects = new();
    private readonly Stack<SampleBatch> _idle = new();
    private readonly Queue<(SampleBatch Batch, Task<long> Commit)> _inFlight = new();
    private LineProtocolOptions _options;
    private Durability _durability;
    private int _lineNumber;
    private long _rowsStored;

    internal LineWrite(WritePath owner, StorageEngine storage, BatchMemory memory)
    {
        _memory = memory;
        _owner = owner;
        _storage = storage;
        _parser = new LineProtocolParser(storage.Catalog.SeriesKeys);
    }

    /// <summary>Parses one piece and queues its rows; waits while too much is under way.</summary>
    /// <param name="wholeLines">Ends at a line's end, except for the request's last piece. The memory may be
    /// reused when the task completes.</param>
    /// <param name="cancellationToken">Gives up waiting; pieces queued before are stored all the
    /// same.</param>
    /// <exception cref="StorageClosedException">The database takes no writes, or there is no memory for
    /// more.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> wholeLines, CancellationToken cancellationToken)
    {
        if (_inFlight.Count >= InFlightCountMax)
        {
            await CompleteOldestAsync().ConfigureAwait(false);
        }

        if (!_memory.IsOverdrawn)
        {
            await StoreAsync(wholeLines, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await StoreShortAsync(wholeLines, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when every row of every piece is as durable as asked.</summary>
    /// <param name="cancellationToken">Stops the waiting, not the writing.</param>
    /// <exception cref="StorageClosedException">The log failed: some rows may be stored and some
    /// not.</exception>
    public async ValueTask<WriteOutcome> CommitAsync(CancellationToken cancellationToken)
    {
        while (_inFlight.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await CompleteOldestAsync().ConfigureAwait(false);
        }

        return new WriteOutcome(_rowsStored, _rejects.Count, [.. _rejects.Entries], _durability);
    }

    /// <summary>Gives the memory back. Pieces still under way are stored all the same.</summary>
    public void Dispose()
    {
        // A batch that the commit thread still holds must not be reused: let it go.
        _inFlight.Clear();
        _memory.Pay(MeasureHeld());
        _owner.Return(this);
    }

    /// <summary>To charge what the request holds besides its batches; whoever gets it disposes it.</summary>
    public MemoryHold BeginHold() => _owner.BeginHold();

    /// <summary>Gives back what it keeps for the next request.</summary>
    internal void Free()
    {
        _idle.Clear();
        _memory.Pay(0);
    }

    internal void Start(in LineProtocolOptions options, Durability durability)
    {
        _options = options;
        _durability = durability;
        _lineNumber = 1;
        _rowsStored = 0;
        _rejects.Clear();
    }

    private async ValueTask StoreAsync(ReadOnlyMemory<byte> wholeLines, CancellationToken cancellationToken)
    {
        SampleBatch batch = _idle.TryPop(out SampleBatch? idle) ? idle : new SampleBatch();
        batch.Clear();
        _lineNumber += _parser.Parse(wholeLines, _lineNumber, in _options, batch, _rejects);
        _memory.Pay(MeasureHeld() + batch.CapacityBytes);
        Task<long> commit = await _storage
            .EnqueueAsync(batch, _durability, _rejects, cancellationToken)
            .ConfigureAwait(false);
        _inFlight.Enqueue((batch, commit));
    }

    // Keeps nothing for the next piece, for which the sender may let wait.
    private async ValueTask StoreShortAsync(
        ReadOnlyMemory<byte> wholeLines, CancellationToken cancellationToken)
    {
        await GiveBackAsync().ConfigureAwait(false);
        _owner.FreeIdle();
        bool isAlone = _memory.IsOverdrawn;
        if (isAlone && (_memory.IsHeapShort || !_owner.TryBeginAlone()))
        {
            throw BatchMemory.Refuse();
        }

        try
        {
            await StoreAsync(wholeLines, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isAlone)
            {
                _owner.EndAlone();
            }
        }

        await GiveBackAsync().ConfigureAwait(false);
    }

    private async ValueTask GiveBackAsync()
    {
        while (_inFlight.Count > 0)
        {
            await CompleteOldestAsync().ConfigureAwait(false);
        }

        Free();
    }

    private long MeasureHeld()
    {
        long heldBytes = 0;
        foreach (SampleBatch batch in _idle)
        {
            heldBytes += batch.CapacityBytes;
        }

        foreach ((SampleBatch batch, _) in _inFlight)
        {
            heldBytes += batch.CapacityBytes;
        }

        return heldBytes;
    }

    private async ValueTask CompleteOldestAsync()
    {
        (SampleBatch batch, Task<long> commit) = _inFlight.Dequeue();
        _rowsStored += await commit.ConfigureAwait(false);
        _idle.Push(batch);
    }
}
