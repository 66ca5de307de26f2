using System.Collections.Concurrent;

namespace Tsdb.Storage.Compaction;

/// <summary>
/// Shards whose last merge failed, and when each may be tried again: the pause doubles with each failure and
/// ends with the first success.
/// </summary>
/// <remarks>Changed by the compaction thread; <see cref="Failures"/> may be read by any.</remarks>
internal sealed class MergeBackoff(TimeProvider clock)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _pauseMax = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<int, Failure> _failures = new();

    /// <summary>Why the last merge failed, for those shards of which that is so.</summary>
    public IReadOnlyDictionary<int, string> Failures =>
        _failures.ToDictionary(static entry => entry.Key, static entry => entry.Value.Reason);

    public bool IsPaused(int shard) =>
        _failures.TryGetValue(shard, out Failure? failure) && LeftOf(failure) > TimeSpan.Zero;

    /// <summary>How long until the first shard may be tried again; null when none waits.</summary>
    public TimeSpan? FindNextTry()
    {
        TimeSpan? next = null;
        foreach (Failure failure in _failures.Values)
        {
            // One whose pause is over has had its try: what failed then is not due any more.
            TimeSpan left = LeftOf(failure);
            next = left > TimeSpan.Zero && (next is null || left < next) ? left : next;
        }

        return next;
    }

    public void NoteFailure(int shard, string reason)
    {
        TimeSpan pause = _firstPause;
        if (_failures.TryGetValue(shard, out Failure? previous) && previous.Pause >= _firstPause)
        {
            pause = previous.Pause * 2 < _pauseMax ? previous.Pause * 2 : _pauseMax;
        }

        _failures[shard] = new Failure(reason, clock.GetTimestamp(), pause);
    }

    public void NoteSuccess(int shard) => _failures.TryRemove(shard, out _);

    /// <summary>All shards may be tried at once: an operator says that the cause is gone.</summary>
    public void ForgetPauses()
    {
        foreach ((int shard, Failure failure) in _failures)
        {
            _failures[shard] = failure with { Pause = TimeSpan.Zero };
        }
    }

    private TimeSpan LeftOf(Failure failure) => failure.Pause - clock.GetElapsedTime(failure.AtTimestamp);

    private sealed record Failure(string Reason, long AtTimestamp, TimeSpan Pause);
}
