using Tsdb.Core;

namespace Tsdb.Storage.Expiry;

/// <summary>
/// What time it is for rows' time to live: an instant that a right clock has reached, as far as the wall
/// clock and the rows that arrive bear each other out. Neither alone can carry it forward, and one sender
/// cannot, whatever it sends (docs/adr/0015).
/// </summary>
/// <remarks>Thread safe.</remarks>
internal sealed class EventClock
{
    /// <summary>Series vote in slots: a sender has as many votes as it has series, however much it
    /// sends.</summary>
    internal const int SlotCount = 1024;

    /// <summary>Rows in a row that say so before a slot's vote leaps ahead of the time that can have
    /// passed.</summary>
    internal const int LeapRowCount = 4;

    /// <summary>Rows in a row that agree with the wall clock before the time is put back.</summary>
    internal const int ReturnRowCount = 256;

    /// <summary>How long the wall clock is ahead of the time that can have passed, until it is believed on
    /// the word of rows that it stamped itself.</summary>
    internal static readonly TimeSpan StampedLeapWait = TimeSpan.FromHours(24);

    private const int QuorumShare = 4;
    private static readonly TimeSpan _voteAgeMax = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly long _toleranceNs;
    private readonly Vote[] _votes = new Vote[SlotCount];
    private readonly long[] _counted = new long[SlotCount];
    private long? _reachedNs;
    private long _reachedTicks;
    private long? _aheadSinceTicks;
    private int _returnCount;

    /// <param name="clock">Wall clock and elapsed time.</param>
    /// <param name="tolerance">How far senders' clocks and the wall clock may differ.</param>
    /// <param name="reachedNs">What was known at the last stop; null for a new database.</param>
    public EventClock(TimeProvider clock, TimeSpan tolerance, long? reachedNs)
    {
        _clock = clock;
        _toleranceNs = tolerance.Ticks * TimeSpan.NanosecondsPerTick;
        _reachedNs = reachedNs;
        _reachedTicks = clock.GetTimestamp();
    }

    /// <summary>Counts rows that have arrived.</summary>
    /// <param name="series">Of each row (<see cref="SeriesId.Value"/>).</param>
    /// <param name="timestampsNs">Of each row.</param>
    /// <param name="stampedNs">Rows of this very time got it from the wall clock: they bear out that time
    /// passes, but not that it has leapt.</param>
    public void Note(
        ReadOnlySpan<uint> series, ReadOnlySpan<long> timestampsNs, long? stampedNs = null)
    {
        Invariant.Holds(series.Length == timestampsNs.Length);
        lock (_gate)
        {
            long wallNs = Timestamp.Now(_clock).UnixNs;
            long ticks = _clock.GetTimestamp();
            long plausibleNs = IsBehind(wallNs) ? long.MaxValue : Add(wallNs, _toleranceNs);
            long leapNs = PossibleNs is { } possibleNs ? Add(possibleNs, _toleranceNs) : long.MinValue;
            long stampedMaxNs = FindStampedMaxNs(wallNs, leapNs, ticks);
            for (int i = 0; i < series.Length; i++)
            {
                long maxNs = timestampsNs[i] == stampedNs ? stampedMaxNs : plausibleNs;
                if (timestampsNs[i] <= maxNs)
                {
                    Count(ref _votes[SlotOf(series[i])], timestampsNs[i], leapNs, ticks);
                    CountReturn(timestampsNs[i], wallNs);
                }
            }
        }
    }

    /// <summary>The time, ns since 1970; null before enough rows have borne it out. It goes back only when
    /// rows and wall clock both say that it was wrong. O(<see cref="SlotCount"/>).</summary>
    public long? Read()
    {
        lock (_gate)
        {
            long wallNs = Timestamp.Now(_clock).UnixNs;
            long passedNs = IsBehind(wallNs) ? PossibleNs!.Value : wallNs;
            if (FindBorneOut() is { } borneOutNs)
            {
                long nextNs = Math.Min(passedNs, borneOutNs);
                if (_reachedNs is null || nextNs > _reachedNs)
                {
                    Reach(nextNs);
                }
            }

            return _reachedNs;
        }
    }

    /// <summary>What has been reached, and the time that has passed in this process since: a right clock
    /// cannot show less.</summary>
    private long? PossibleNs => _reachedNs is { } reachedNs
        ? Add(reachedNs, _clock.GetElapsedTime(_reachedTicks).Ticks * TimeSpan.NanosecondsPerTick)
        : null;

    private bool IsBehind(long wallNs) =>
        PossibleNs is { } possibleNs && Add(wallNs, _toleranceNs) < possibleNs;

    /// <summary>Up to when a row's time counts that this very wall clock gave it. A new database has nothing
    /// to lose yet; an old one waits, so that somebody may set the clock right.</summary>
    private long FindStampedMaxNs(long wallNs, long leapNs, long ticks)
    {
        _aheadSinceTicks = wallNs > leapNs ? _aheadSinceTicks ?? ticks : null;
        return _aheadSinceTicks is { } sinceTicks && _reachedNs is not null
            && _clock.GetElapsedTime(sinceTicks, ticks) < StampedLeapWait ? leapNs : long.MaxValue;
    }

    private void Reach(long timestampNs)
    {
        _reachedNs = timestampNs;
        _reachedTicks = _clock.GetTimestamp();
        _returnCount = 0;
    }

    /// <summary>A vote is the latest time its series have shown; several rows in a row from before say that
    /// it was wrong.</summary>
    private void Count(ref Vote vote, long timestampNs, long leapNs, long ticks)
    {
        vote.LeapCount = timestampNs > leapNs ? Math.Min(vote.LeapCount + 1, LeapRowCount) : 0;
        vote.HeardTicks = ticks;
        vote.IsHeard = true;
        bool isLow = vote.IsGiven && timestampNs < Add(vote.TimestampNs, -_toleranceNs);
        vote.LowCount = isLow ? vote.LowCount + 1 : 0;
        if (vote.LeapCount is not (0 or LeapRowCount) || (isLow && vote.LowCount < LeapRowCount))
        {
            return;
        }

        vote.TimestampNs = vote.IsGiven && !isLow ? Math.Max(vote.TimestampNs, timestampNs) : timestampNs;
        vote.IsGiven = true;
        vote.LowCount = 0;
    }

    /// <summary>A time that was reached by mistake would hide every new row for ever.</summary>
    private void CountReturn(long timestampNs, long wallNs)
    {
        if (_reachedNs is not { } reachedNs || Add(timestampNs, _toleranceNs) >= reachedNs)
        {
            _returnCount = 0;
            return;
        }

        bool agrees = Int128.Abs((Int128)timestampNs - wallNs) <= _toleranceNs;
        if (IsBehind(wallNs) && agrees && ++_returnCount == ReturnRowCount)
        {
            Reach(wallNs - _toleranceNs);
        }
    }

    /// <summary>The latest time that more than a quarter of the slots heard from have reached; null where so
    /// many have not voted. Late rows and clocks that stand still may be most, wild ones must be
    /// few.</summary>
    private long? FindBorneOut()
    {
        int heardCount = 0;
        int count = 0;
        foreach (Vote vote in _votes)
        {
            if (vote.IsHeard && _clock.GetElapsedTime(vote.HeardTicks) <= _voteAgeMax)
            {
                heardCount++;
                if (vote.IsGiven)
                {
                    _counted[count++] = vote.TimestampNs;
                }
            }
        }

        int place = heardCount / QuorumShare;
        if (count <= place)
        {
            return null;
        }

        Array.Sort(_counted, 0, count);
        return _counted[count - 1 - place];
    }

    private static int SlotOf(uint series) => (int)(unchecked(series * 2654435769u) >> 22);

    private static long Add(long timestampNs, long distanceNs) =>
        (long)Int128.Clamp((Int128)timestampNs + distanceNs, long.MinValue, long.MaxValue);

    /// <summary>What the rows of a slot's series say, and when the latest came.</summary>
    private record struct Vote(
        long TimestampNs, long HeardTicks, int LeapCount, int LowCount, bool IsGiven, bool IsHeard);
}
