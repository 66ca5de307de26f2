using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>Tiers never say anything else than the rows do.</summary>
public sealed class RollupTests
{
    private const int StepCount = 20;

    private const long HourNs = 3_600_000_000_000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 6)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_tier_says_what_the_rows_say_whatever_has_happened(int seed)
    {
        Random random = new(seed);
        StorageOptions options = new()
        {
            ShardCount = random.Next(1, 4),
            LateSegmentCountMax = random.Next(1, 5),
            SegmentCountMax = random.Next(2, 9),
        };
        SimulatedStorageDevice device = new();
        await using RollupDatabase database = new(device, options, TimeProvider.System);
        RollupHistory history = new(random);
        await history.StartAsync(database);
        for (int step = 0; step < StepCount; step++)
        {
            string done = await history.StepAsync(database, TestContext.Current.CancellationToken);
            string? difference = database.FindDifference(random);
            Assert.True(difference is null, $"seed {seed}, step {step}, {done}: {difference}");
        }

        await database.Storage.BuildRollupsAsync(TestContext.Current.CancellationToken);
        Assert.Null(database.FindDifference());
        Assert.True(database.BucketCount > 0, $"seed {seed}: no tier was used");
    }

    /// <summary>Rows that expired by mistake and left their files are gone from the tier too, when the
    /// mistake is found out and others come back.</summary>
    [Fact]
    public async Task A_tier_loses_what_a_merge_left_out_as_expired()
    {
        ManualClock clock = new();
        long nowNs = Timestamp.Now(clock).UnixNs;
        StorageOptions options = new() { ShardCount = 1 };
        await using RollupDatabase database = new(new SimulatedStorageDevice(), options, clock);

        // Of one shard and window with rows of a table that keeps all: the segment is written anew.
        await database.WriteAsync([.. Enumerable.Range(0, 600).Select(
            i => $"t,host=h{i % 3} x={i},n=1i {nowNs - (i * HourNs / 60)}")]);
        await database.WriteAsync([$"keeps v=1i {nowNs - HourNs}", $"keeps v=1i {nowNs - (9 * HourNs)}"]);
        await database.RunAsync("CREATE ROLLUP ON t EVERY 1h");
        await database.Storage.BuildRollupsAsync(TestContext.Current.CancellationToken);
        Assert.Null(database.FindDifference());
        Assert.True(database.BucketCount > 0);

        await database.RunAsync("ALTER TABLE t SET TTL '30d'");
        clock.Jump(TimeSpan.FromDays(400));
        await WriteAtAsync(database, Timestamp.Now(clock).UnixNs, 8);
        await database.Storage.CompactAsync(TestContext.Current.CancellationToken);
        Assert.Null(database.FindDifference());
        clock.Jump(TimeSpan.FromDays(-400));
        await WriteAtAsync(database, nowNs, 1000);
        Assert.True(database.Storage.GetStatistics().EventTime <= new Timestamp(nowNs));
        Assert.Null(database.FindDifference());
        Assert.Equal("1", Assert.Single(database.Query(
            $"SELECT count(*) FROM t WHERE ts < {nowNs + 1} AND host = 'now'", usesRollups: true)));
    }

    private static async Task WriteAtAsync(RollupDatabase database, long timestampNs, int rowCount)
    {
        for (int i = 0; i < rowCount; i++)
        {
            await database.WriteAsync([$"t,host=now x=1 {timestampNs}", $"keeps v=1i {timestampNs}"]);
        }
    }
}
