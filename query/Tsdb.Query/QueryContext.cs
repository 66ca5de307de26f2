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
                $"the query needs more memory than the limit of {_options.MemoryBytesMax} bytes: "
                    + "narrow the time range, group less finely or add a LIMIT");
        }

        if (_memory is not null && !_memory.TryHold(usedBytes) && sizeBytes > 0)
        {
            throw new QueryLimitException(
                QueryLimit.SharedMemory,
                "the queries under way need more memory than the "
                    + $"{_options.Memory!.Queries.LimitBytes} bytes that they have together: "
                    + "try again later, or ask for less");
        }
    }

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
