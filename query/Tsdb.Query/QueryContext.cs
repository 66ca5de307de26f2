using Tsdb.Core;

namespace Tsdb.Query;

/// <summary>What all operators of one running query share: cancellation, limits, counters, what to let go
/// of.</summary>
internal sealed class QueryContext : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly long _startStamp;
    private readonly QueryOptions _options;
    private readonly IDisposable? _snapshot;
    private readonly CancellationToken _cancellation;
    private readonly QueryMemory? _memory;
    private long _memoryBytes;

    public QueryContext(
        QueryOptions options, TimeProvider clock, IDisposable? snapshot, CancellationToken cancellation)
    {
        _options = options;
        _clock = clock;
        _snapshot = snapshot;
        _cancellation = cancellation;
        _memory = options.Memory is { } budget ? new QueryMemory(budget.Queries) : null;
        _startStamp = clock.GetTimestamp();
        NowNs = Timestamp.Now(clock).UnixNs;
    }

    /// <summary>The instant that now() means, one for the whole query.</summary>
    public long NowNs { get; }

    public QueryStatistics Statistics { get; } = new();

    /// <summary>Whether tiers may stand in for rows.</summary>
    public bool UsesRollups => _options.UsesRollups;

    public int WorkerCount => Math.Max(1, _options.WorkerCount);

    public TimeSpan Elapsed => _clock.GetElapsedTime(_startStamp);

    /// <summary>Called for each block or series: stops the query when it was cancelled or took too
    /// long.</summary>
    public void CheckGoOn()
    {
        _cancellation.ThrowIfCancellationRequested();
        if (_options.DurationMax is { } durationMax && Elapsed > durationMax)
        {
            throw new QueryLimitException(
                QueryLimit.Time, $"the query took longer than the limit of {durationMax.TotalSeconds} s");
        }
    }

    /// <summary>Charges memory to the query; negative gives it back.</summary>
    public void Charge(long sizeBytes)
    {
        long usedBytes = Interlocked.Add(ref _memoryBytes, sizeBytes);
        if (sizeBytes > 0 && usedBytes > _options.MemoryBytesMax)
        {
            throw new QueryLimitException(
                QueryLimit.Memory,
                $"the query needs more memory than the limit of {_options.MemoryBytesMax} bytes "
                    + "(queryMemoryBytesMax): narrow the time range, group less finely or add a LIMIT");
        }

        // Half an answer helps nobody: once rows are out, the little more that they take is found.
        bool hasReturnedRows = Statistics.RowsReturned > 0;
        if (_memory is not null && !_memory.TryHold(usedBytes, hasReturnedRows) && sizeBytes > 0)
        {
            throw Refuse(usedBytes, _options.Memory!.Queries.LimitBytes);
        }

        if (sizeBytes > 0 && !hasReturnedRows)
        {
            CheckHeap();
        }
    }

    /// <summary>Stops the query when the process has no memory for it, whatever it was charged.</summary>
    public void CheckHeap()
    {
        if (_options.Memory?.Heap is { IsShort: true })
        {
            throw new QueryLimitException(
                QueryLimit.SharedMemory, "the process is short of memory for more queries");
        }
    }

    // What fits into the share of all would be done if the others were not there.
    private static QueryLimitException Refuse(long usedBytes, long shareBytes) => usedBytes > shareBytes
        ? new(
            QueryLimit.Memory,
            $"the query needs more memory than the {shareBytes} bytes that all queries have together "
                + "(a share of --memory-limit): narrow the time range, group less finely, add a LIMIT or "
                + "raise the limit")
        : new(
            QueryLimit.SharedMemory,
            $"the queries under way need more memory than the {shareBytes} bytes that they have together");

    public void CountReturnedRows(int rowCount)
    {
        Statistics.RowsReturned += rowCount;
        if (Statistics.RowsReturned > _options.RowCountMax)
        {
            throw new QueryLimitException(
                QueryLimit.Rows,
                $"the query returns more rows than the limit of {_options.RowCountMax}: add a LIMIT");
        }
    }

    /// <summary>The accounts of the process.</summary>
    public MemoryBudget? Accounts => _options.Memory;

    public void Dispose()
    {
        _snapshot?.Dispose();
        _memory?.Dispose();
    }
}
