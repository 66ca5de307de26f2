using Tsdb.Faults;

namespace Tsdb.Simulation.Scrubbing;

/// <summary>When files are verified: on demand, by turns, again after damage, and on after a start. No time
/// passes but what the tests have pass.</summary>
public sealed class ScrubScheduleTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_request_is_served_where_passes_are_off()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 2);
        ScrubbedDatabase database = ScrubbedDatabase.Open(device, new ManualClock(), 0);
        database.Pass(TimeSpan.FromDays(30));
        Assert.Equal(0, database.Scrub.ReadSizeBytes);
        database.ScrubNow();
        Assert.Equal(1, database.Scrub.PassCount);
        Assert.True(database.Scrub.ReadSizeBytes > 0);
        database.Close();
    }

    [Fact]
    public async Task A_pass_begins_a_minute_after_the_start_and_then_each_period_over_restarts()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 2);
        IReadOnlyList<string> segments = ScrubbedDatabase.SegmentsOf(device);
        ManualClock clock = new();
        ScrubbedDatabase first = ScrubbedDatabase.Open(device, clock);
        Assert.Empty(first.PassAndListOpened(_minute - _second));
        Assert.Equal(segments, first.PassAndListOpened(_second));
        Assert.Empty(first.PassAndListOpened(TimeSpan.FromDays(3)));
        first.Close();

        ScrubbedDatabase second = ScrubbedDatabase.Open(device, clock);
        Assert.Empty(second.PassAndListOpened(TimeSpan.FromDays(4) - _second));
        Assert.Equal(segments, second.PassAndListOpened(_second));
        second.Close();
    }

    [Fact]
    public async Task A_file_that_memory_is_short_for_is_tried_again_then_passed_over_and_no_damage()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 2);
        IReadOnlyList<string> segments = ScrubbedDatabase.SegmentsOf(device);
        ScrubbedDatabase database = ScrubbedDatabase.Open(device, new ManualClock());
        int refusalCount = 0;
        device.Rule = (operation, path) => operation == DeviceOperation.Open && path == segments[0]
            ? throw new InsufficientMemoryException($"{++refusalCount}")
            : null;
        database.Pass(_minute);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(i < 2 ? 0 : 1, database.Scrub.PassCount);
            database.Pass(_second);
        }

        Assert.Equal(3, refusalCount);
        Assert.Empty(database.Damages);
        device.Rule = null;
        Assert.Equal(segments, database.PassAndListOpened(TimeSpan.FromDays(7)));
        database.Close();
    }

    [Fact]
    public async Task A_pass_that_a_stop_cut_short_goes_on_where_it_was()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 3);
        IReadOnlyList<string> segments = ScrubbedDatabase.SegmentsOf(device);
        ManualClock clock = new();
        ScrubbedDatabase first = ScrubbedDatabase.Open(device, clock, sizeBytesPerSecondMax: 1);
        Assert.Equal(segments.Take(1), first.PassAndListOpened(_minute));
        Assert.Equal(segments.Skip(1).Take(1), first.PassAndListOpened(10 * _minute));
        first.Close();

        ScrubbedDatabase second = ScrubbedDatabase.Open(device, clock);
        Assert.Equal(segments.Skip(1), second.PassAndListOpened(_minute));
        Assert.Equal((1, false), (second.Scrub.PassCount, second.Scrub.IsPassing));
        Assert.Empty(second.PassAndListOpened(TimeSpan.FromDays(7) - _second));
        Assert.Equal(segments, second.PassAndListOpened(_second));
        second.Close();
    }

    [Fact]
    public async Task Known_damage_is_looked_at_again_after_a_minute_and_nothing_else()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 2);
        IReadOnlyList<string> segments = ScrubbedDatabase.SegmentsOf(device);
        byte[] sound = ScrubbedDatabase.Damage(device, segments[1]);
        ScrubbedDatabase database = ScrubbedDatabase.Open(device, new ManualClock());
        database.Pass(_minute);
        Assert.Single(database.Damages);

        device.PutFile(segments[1], sound);
        Assert.Empty(database.PassAndListOpened(_minute - _second));
        Assert.Single(database.Damages);
        Assert.Equal([segments[1]], database.PassAndListOpened(_second));
        Assert.Empty(database.Damages);
        Assert.Empty(database.PassAndListOpened(_minute));
        database.Close();
    }

    [Fact]
    public async Task Damage_that_takes_longer_than_a_minute_to_look_at_keeps_no_pass_from_its_end()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 4, rowCount: 200);
        IReadOnlyList<string> segments = ScrubbedDatabase.SegmentsOf(device);
        ScrubbedDatabase.Damage(device, segments[0]);
        ScrubbedDatabase.Damage(device, segments[1]);
        ScrubbedDatabase database = ScrubbedDatabase.Open(
            device, new ManualClock(), sizeBytesPerSecondMax: 1);
        for (int minute = 0; minute < 600; minute++)
        {
            database.Pass(_minute);
        }

        Assert.Equal(1, database.Scrub.PassCount);
        Assert.Equal(segments.Take(2), database.Damages.Select(static part => part.Path));
        int callCount = device.Calls.Count;
        for (int minute = 0; minute < 60; minute++)
        {
            database.Pass(_minute);
        }

        Assert.Contains(device.Calls.Skip(callCount), call => call.Path == segments[0]);
        Assert.Contains(device.Calls.Skip(callCount), call => call.Path == segments[1]);
        database.Close();
    }

    [Fact]
    public async Task A_file_that_opens_at_the_second_try_is_not_damaged()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 1);
        string path = ScrubbedDatabase.SegmentsOf(device)[0];
        ScrubbedDatabase database = ScrubbedDatabase.Open(device, new ManualClock());
        byte[] sound = device.ReadFile(path);
        byte[] damaged = [.. sound];
        damaged[^10] ^= 1;
        device.PutFile(path, damaged);
        int openCount = 0;
        device.Rule = (operation, name) =>
        {
            if (operation == DeviceOperation.Open && name == path && ++openCount == 2)
            {
                device.PutFile(path, sound);
            }

            return null;
        };
        database.Pass(_minute);
        Assert.Equal(2, openCount);
        Assert.Equal((1, 1), (database.Scrub.PassCount, database.Scrub.RereadCount));
        Assert.Empty(database.Damages);
        database.Close();
    }
}
