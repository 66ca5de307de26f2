using Tsdb.Faults;
using Tsdb.Storage.Scrubbing;

namespace Tsdb.Storage.Tests.Scrubbing;

/// <summary>How long the scrubber rests after what it has read.</summary>
public sealed class ScrubPaceTests
{
    private const long RateBytes = 8 << 20;

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _burst = TimeSpan.FromMilliseconds(100);

    private readonly ManualClock _clock = new();
    private long _writtenSizeBytes;
    private long _queryCount;

    [Fact]
    public void What_was_read_takes_its_time_but_for_a_burst()
    {
        ScrubPace pace = Create();
        pace.Charge(RateBytes / 16);
        Assert.Equal(TimeSpan.Zero, pace.Left);
        pace.Charge(RateBytes * 15 / 16);
        Assert.Equal(_second - _burst, pace.Left);
        _clock.Advance(_second - _burst - TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.FromTicks(1), pace.Left);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.Zero, pace.Left);
    }

    [Fact]
    public void Time_in_which_nothing_was_read_is_not_made_up_for()
    {
        ScrubPace pace = Create();
        _clock.Advance(TimeSpan.FromHours(1));
        pace.Charge(RateBytes);
        Assert.Equal(_second - _burst, pace.Left);
    }

    [Theory]
    [InlineData(8 << 20, 0, 4)]
    [InlineData(0, 16, 4)]
    [InlineData((8 << 20) - 1, 15, 1)]
    public void It_rests_four_times_as_long_while_others_write_or_query(
        long writtenSizeBytesPerSecond, long queriesPerSecond, int factor)
    {
        ScrubPace pace = Create();
        _writtenSizeBytes += writtenSizeBytesPerSecond;
        _queryCount += queriesPerSecond;
        _clock.Advance(_second);
        pace.Charge(RateBytes);
        Assert.Equal((factor * _second) - _burst, pace.Left);

        // They are done: the next look, a second after, sees it.
        _clock.Advance(factor * _second);
        pace.Charge(RateBytes);
        Assert.Equal(_second - _burst, pace.Left);
    }

    private ScrubPace Create() => new(RateBytes, _clock, () => _writtenSizeBytes, () => _queryCount);
}
