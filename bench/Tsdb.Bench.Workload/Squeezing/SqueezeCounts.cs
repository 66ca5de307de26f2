using System.Collections.Concurrent;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Soaking;

namespace Tsdb.Bench.Workload.Squeezing;

/// <summary>How one kind of request fared: done, refused as the server may when memory is short, or failed.
/// Thread safe.</summary>
internal sealed class SqueezeCounts
{
    private const int TextCountMax = 20;

    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _errors = new();
    private long _laterCount;
    private long _limitCount;
    private long _errorCount;

    /// <summary>What was done, and how long it took.</summary>
    public LatencyHistogram Done { get; } = new();

    /// <summary>Refused with the time to come back.</summary>
    public long LaterCount => Interlocked.Read(ref _laterCount);

    /// <summary>Refused for good, naming the limit.</summary>
    public long LimitCount => Interlocked.Read(ref _limitCount);

    public long ErrorCount => Interlocked.Read(ref _errorCount);

    /// <summary>Refusals as worded, and how often each came.</summary>
    public IEnumerable<KeyValuePair<string, int>> Refusals => _refusals;

    public IEnumerable<string> Errors => _errors;

    /// <summary>Sorts a reply that is no success; gives the time to come back, when there is one.</summary>
    public TimeSpan? NoteRefusal(HttpReply reply)
    {
        if (reply.Code is 429 or 503 && reply.RetryAfter is { } delay)
        {
            Interlocked.Increment(ref _laterCount);
            _refusals.AddOrUpdate($"{reply.Code}: {reply.Excerpt}", 1, static (_, count) => count + 1);
            return delay;
        }

        if (reply.Code == 422 && reply.Excerpt.Contains("memory", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _limitCount);
            _refusals.AddOrUpdate($"{reply.Code}: {reply.Excerpt}", 1, static (_, count) => count + 1);
            return null;
        }

        NoteError($"{reply.Code}: {reply.Excerpt}");
        return null;
    }

    public void NoteError(string error)
    {
        if (Interlocked.Increment(ref _errorCount) <= TextCountMax)
        {
            _errors.Enqueue(error);
        }
    }
}
