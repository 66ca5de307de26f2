using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Expiry;

namespace Tsdb.Storage.Tests.Expiry;

/// <summary>The time by which rows expire, under wrong clocks of the server and of senders.</summary>
public sealed class EventClockTests
{
    private const int SeriesCount = 24;
    private static readonly TimeSpan _tolerance = TimeSpan.FromHours(1);
    private static readonly long _hourNs = TimeSpan.TicksPerHour * TimeSpan.NanosecondsPerTick;

    private readonly ManualClock _clock = new();

    public static TheoryData<int> SeedData => [.. Enumerable.Range(1, 200)];

    private long NowNs => Timestamp.Now(_clock).UnixNs;

    [Fact]
    public void Nothing_is_known_before_rows_have_come()
    {
        EventClock clock = new(_clock, _tolerance, null);
        Assert.Null(clock.Read());
        Send(clock, 0, NowNs, EventClock.LeapRowCount - 1);
        Assert.Null(clock.Read());
        Send(clock, 0, NowNs, 1);
        Assert.Equal(NowNs, clock.Read());
    }

    [Theory]
    [InlineData(70)]
    [InlineData(-50)]
    public void One_sender_with_a_wrong_clock_neither_drops_nor_pins(int years)
    {
        EventClock clock = new(_clock, _tolerance, null);
        for (int hour = 0; hour < 48; hour++)
        {
            SendAll(clock, NowNs);
            Send(clock, 5, NowNs + (years * 365L * 24 * _hourNs), 100);
            Assert.Equal(NowNs, clock.Read());
            _clock.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public void A_wall_clock_that_jumps_ahead_waits_for_rows_to_say_so()
    {
        EventClock clock = new(_clock, _tolerance, null);
        SendAll(clock, NowNs);
        long reachedNs = NowNs;
        Assert.Equal(reachedNs, clock.Read());
        _clock.Jump(TimeSpan.FromDays(70 * 365));
        Assert.Equal(reachedNs, clock.Read());
        Send(clock, 3, NowNs, 1000);
        Assert.Equal(reachedNs, clock.Read());
        SendAll(clock, NowNs);
        Assert.Equal(NowNs, clock.Read());
    }

    [Fact]
    public void A_clock_that_only_its_own_rows_bear_out_is_believed_after_a_day()
    {
        EventClock clock = new(_clock, _tolerance, null);
        SendAll(clock, NowNs, isStamped: true);
        Assert.Equal(NowNs, clock.Read());
        _clock.Advance(TimeSpan.FromHours(1));
        SendAll(clock, NowNs, isStamped: true);
        Assert.Equal(NowNs, clock.Read());
        long reachedNs = NowNs;

        _clock.Jump(TimeSpan.FromDays(70 * 365));
        for (int hour = 0; hour < 24; hour++)
        {
            SendAll(clock, NowNs, isStamped: true);
            Assert.Equal(reachedNs, clock.Read());
            _clock.Advance(TimeSpan.FromHours(1));
        }

        SendAll(clock, NowNs, isStamped: true);
        Assert.Equal(NowNs, clock.Read());
    }

    [Fact]
    public void A_clock_that_is_set_right_within_a_day_has_done_nothing()
    {
        EventClock clock = new(_clock, _tolerance, NowNs);
        for (int round = 0; round < 3; round++)
        {
            _clock.Jump(TimeSpan.FromDays(365));
            SendAll(clock, NowNs, isStamped: true);
            _clock.Advance(TimeSpan.FromHours(20));
            SendAll(clock, NowNs, isStamped: true);
            _clock.Jump(TimeSpan.FromDays(-365));
            SendAll(clock, NowNs, isStamped: true);
            Assert.Equal(NowNs, clock.Read());
        }
    }

    [Fact]
    public void A_start_in_1970_goes_on_from_what_was_reached_and_no_faster_than_time_passes()
    {
        long trueNs = NowNs;
        _clock.Jump(DateTimeOffset.UnixEpoch - _clock.GetUtcNow());
        EventClock clock = new(_clock, _tolerance, trueNs);
        Assert.Equal(trueNs, clock.Read());
        for (int hour = 0; hour < 48; hour++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            trueNs += _hourNs;
            SendAll(clock, trueNs);
            Assert.Equal(trueNs, clock.Read());
        }
    }

    [Fact]
    public void A_time_reached_by_mistake_is_taken_back_when_rows_and_wall_clock_agree()
    {
        EventClock clock = new(_clock, _tolerance, NowNs + (70L * 365 * 24 * _hourNs));
        for (int i = 0; i < 11; i++)
        {
            SendAll(clock, NowNs);
        }

        Assert.InRange(clock.Read()!.Value, NowNs - _hourNs, NowNs);
    }

    /// <summary>Most senders have right clocks, a few send anything; the server's jumps, also across
    /// restarts.</summary>
    [Theory]
    [MemberData(nameof(SeedData))]
    public void The_time_is_never_ahead_of_a_right_clock_and_catches_up_with_it(int seed)
    {
        Random random = new(seed);
        long trueNs = NowNs;
        int wildCount = random.Next(SeriesCount / 6);
        EventClock clock = new(_clock, _tolerance, null);
        for (int step = 0; step < 200; step++)
        {
            TimeSpan passed = TimeSpan.FromMinutes(random.Next(50));
            _clock.Advance(passed);
            trueNs += passed.Ticks * TimeSpan.NanosecondsPerTick;
            switch (random.Next(30))
            {
                case 0:
                    _clock.Jump(TimeSpan.FromDays(random.Next(-20_000, 30_000)));
                    break;
                case 1:
                    SetRight(trueNs);
                    break;
                case 2:
                    clock = new EventClock(_clock, _tolerance, clock.Read());
                    break;
            }

            for (int series = 0; series < SeriesCount; series++)
            {
                long ageNs = random.Next(5) == 0 ? random.NextInt64(_hourNs * 3) : 0;
                long sentNs = series < wildCount ? trueNs + WildNs(random) : trueNs - ageNs;
                Send(clock, series, sentNs, random.Next(1, series < wildCount ? 50 : 3));
            }

            Assert.True(
                clock.Read() is not { } readNs || readNs <= trueNs,
                $"seed {seed}, step {step}: ahead by {(clock.Read() - trueNs) / (double)_hourNs} h");
        }

        SetRight(trueNs);
        for (int i = 0; i < EventClock.LeapRowCount; i++)
        {
            SendAll(clock, trueNs);
        }

        Assert.Equal(trueNs, clock.Read());
    }

    private static long WildNs(Random random) => random.Next(4) switch
    {
        0 => random.NextInt64(-_hourNs * 500_000, 0),
        1 => random.NextInt64(_hourNs * 600_000),
        2 => _hourNs * 24 * 365,
        _ => random.NextInt64(-_hourNs, _hourNs * 2),
    };

    private static void Send(EventClock clock, int series, long timestampNs, int rowCount)
    {
        for (int i = 0; i < rowCount; i++)
        {
            clock.Note([(uint)series], [timestampNs]);
        }
    }

    private static void SendAll(EventClock clock, long timestampNs, bool isStamped = false)
    {
        for (int series = 0; series < SeriesCount; series++)
        {
            for (int i = 0; i < EventClock.LeapRowCount; i++)
            {
                clock.Note([(uint)series], [timestampNs], isStamped ? timestampNs : null);
            }
        }
    }

    private void SetRight(long trueNs) =>
        _clock.Jump(TimeSpan.FromTicks((trueNs - NowNs) / TimeSpan.NanosecondsPerTick));
}
