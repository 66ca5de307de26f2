using System.Text;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Tests;

public sealed class GcPausesTests
{
    [Fact]
    public void Pauses_before_the_moment_of_a_restart_are_not_counted()
    {
        using GcPauses restarted = new();
        using GcPauses counting = new();
        restarted.Restart(DateTimeOffset.MaxValue);
        GC.Collect();

        // The runtime hands its events over a little later, to both.
        Assert.True(SpinWait.SpinUntil(() => CountOf(counting) > 0, TimeSpan.FromSeconds(30)));
        Assert.Equal(0, CountOf(restarted));
    }

    private static long CountOf(GcPauses pauses)
    {
        const string Name = "dotnet_gc_pause_seconds_count ";
        PrometheusText text = new();
        pauses.Render(text);
        string line = Encoding.UTF8.GetString(text.ToBytes()).Split('\n')
            .First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
