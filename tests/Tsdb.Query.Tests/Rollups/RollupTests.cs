using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>Tiers never say anything else than the rows do.</summary>
public sealed class RollupTests
{
    private const int StepCount = 20;

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
        await using RollupDatabase database = new(device, options);
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
}
