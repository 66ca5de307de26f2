using System.Globalization;
using Tsdb.Faults;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>
/// The power goes at the storage calls of a build, those of its publication included. What is found after it,
/// and what is built from there on, says what the rows say. <c>TSDB_CUT_STEP=1</c> takes every call.
/// </summary>
public sealed class RollupPowerCutTests
{
    private const int RecoverySeedCount = 2;

    public static TheoryData<int> Builds => [.. Enumerable.Range(0, RollupCutHistory.BuildCount)];

    [Theory]
    [MemberData(nameof(Builds))]
    public async Task A_power_cut_at_any_call_of_a_build_makes_no_tier_lie(int build)
    {
        int step = int.Parse(
            Environment.GetEnvironmentVariable("TSDB_CUT_STEP") ?? "5", CultureInfo.InvariantCulture);
        int cutCount = 0;
        for (long call = 1 + (build % step); ; call += step)
        {
            SimulatedStorageDevice device = new();
            bool isReached = await RollupCutHistory.RunAsync(
                device, build, call, TestContext.Current.CancellationToken);
            if (!isReached)
            {
                break;
            }

            cutCount++;
            for (int i = 0; i < RecoverySeedCount; i++)
            {
                int seed = (int)(call * RecoverySeedCount) + i;
                await CheckAsync(
                    device.Recover(seed),
                    new Random(seed),
                    $"build {build}, cut at its call {call} ({device.Calls[^1]}), recovery seed {seed}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{cutCount} cuts, {RecoverySeedCount} recoveries each");
        Assert.True(cutCount > 5, $"{cutCount} cuts");
    }

    private static async Task CheckAsync(SimulatedStorageDevice device, Random random, string place)
    {
        await using RollupDatabase database = new(device, RollupCutHistory.Options, TimeProvider.System);
        string? found = database.FindDifference(random);
        Assert.True(found is null, $"{place}, as found: {found}");
        await database.Storage.BuildRollupsAsync(TestContext.Current.CancellationToken);
        string? built = database.FindDifference(random);
        Assert.True(built is null, $"{place}, built again: {built}");
        long usedCount = database.BucketCount;
        database.Query("SELECT count(*) FROM t", usesRollups: true);
        Assert.True(database.BucketCount > usedCount, $"{place}: no tier was used");
    }
}
