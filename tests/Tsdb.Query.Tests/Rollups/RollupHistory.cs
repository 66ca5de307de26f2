using System.Globalization;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>Random steps of a database with tiers, the same for the same seed.</summary>
internal sealed class RollupHistory(Random random)
{
    private const long MinuteNs = 60_000_000_000;
    private const int HostCount = 3;

    private long _nowNs = random.Next(3) * 17 * MinuteNs;

    /// <summary>Creates the table and its tiers.</summary>
    public async Task StartAsync(RollupDatabase database)
    {
        await database.WriteAsync(NextLines(40, isLate: false));
        await database.RunAsync("CREATE ROLLUP ON t EVERY 1h");
        await database.RunAsync("CREATE ROLLUP ON t EVERY 5m FOR (x)");
    }

    /// <summary>Does one step and says which.</summary>
    public async Task<string> StepAsync(RollupDatabase database, CancellationToken cancellation)
    {
        switch (random.Next(17))
        {
            case 0 or 1 or 2:
                await database.Storage.BuildRollupsAsync(cancellation);
                return "build";
            case 3 or 4:
                await database.Storage.FlushAsync(cancellation);
                return "flush";
            case 5:
                await database.Storage.CompactAsync(cancellation);
                return "compact";
            case 6:
                await database.RestartAsync();
                return "restart";
            case 7:
                uint[] statuses = [0x8000_0000, 0x4000_0000, 0];
                await database.JudgeAsync(
                    $"h{random.Next(HostCount)}",
                    PastNs(),
                    random.Next(2) == 0 ? random.Next(100) : null,
                    statuses[random.Next(3)]);
                return "judge";
            case 8:
                await database.RunAsync("DROP ROLLUP IF EXISTS ON t EVERY 1d");
                await database.RunAsync("CREATE ROLLUP ON t EVERY 1d FOR (n, x)");
                return "new tier";
            case 9:
                long fromNs = PastNs();
                string series = random.Next(2) == 0 ? "" : $" AND host = 'h{random.Next(HostCount)}'";
                await database.RunAsync(
                    $"DELETE FROM t WHERE ts >= {fromNs} AND ts < {fromNs + (random.Next(1, 300) * MinuteNs)}"
                        + series);
                return "delete";
            case 12:
                // A longer one takes away for good what has expired by then.
                string[] spans = ["'3h'", "'12h'", "'2d'", "NONE"];
                await database.RunAsync($"ALTER TABLE t SET TTL {spans[random.Next(spans.Length)]}");
                return "ttl";
            case 10 or 11:
                await database.WriteAsync(NextLines(random.Next(1, 6), isLate: true));
                return "late";
            default:
                await database.WriteAsync(NextLines(random.Next(20, 500), isLate: false));
                return "write";
        }
    }

    private List<string> NextLines(int count, bool isLate)
    {
        List<string> lines = [];
        for (int i = 0; i < count; i++)
        {
            long timestampNs = isLate ? PastNs() : _nowNs += random.NextInt64(1, 3 * MinuteNs);
            string x = (random.Next(-400, 400) / 10.0).ToString(CultureInfo.InvariantCulture);
            string fields = random.Next(4) switch
            {
                0 => $"x={x}",
                1 => $"n={random.Next(-50, 50)}i",
                _ => $"x={x},n={random.NextInt64(long.MinValue / 64, long.MaxValue / 64)}i",
            };
            lines.Add($"t,host=h{random.Next(HostCount)} {fields} {timestampNs}");
        }

        return lines;
    }

    // On whole minutes some keys come twice.
    private long PastNs() => random.NextInt64(_nowNs / MinuteNs + 1) * MinuteNs;
}
