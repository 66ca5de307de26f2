using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>What docs/usage.md says of tiers can be typed as it stands there.</summary>
public sealed class RollupUsageTests
{
    [Fact]
    public async Task The_example_of_the_manual_works_and_uses_a_tier()
    {
        StorageOptions options = new()
        {
            ShardCount = 1,
            WalFileSizeBytes = 64 << 10,
            RollupInterval = TimeSpan.FromDays(1),
        };
        await using RollupDatabase database = new(new SimulatedStorageDevice(), options, TimeProvider.System);
        await database.WriteAsync([.. Enumerable.Range(0, 72 * 4).Select(
            static i => $"press,line=1 force={i % 7},count={i}i {i * 900_000_000_000}")]);
        string[] statements = ReadExample();
        Assert.Equal(6, statements.Length);
        foreach (string create in statements[..3])
        {
            await database.RunAsync(create);
        }

        await database.Storage.BuildRollupsAsync(TestContext.Current.CancellationToken);
        List<string> answers = database.Query(statements[3], usesRollups: true);
        Assert.Equal(72, answers.Count);
        Assert.Equal(71, database.BucketCount);
        Assert.Equal(database.Query(statements[3], usesRollups: false), answers);
        Assert.Contains(
            "rollup: 1h, 71 buckets of 1 series, 2 spans of time read as rows",
            database.Query(statements[4], usesRollups: true)[^1],
            StringComparison.Ordinal);
        List<string> states = database.Query(statements[5], usesRollups: true);
        Assert.Equal(
            [
                "press|1m|force|1970-01-03T23:45:00.000000000Z|0ns|287",
                "press|1h|all|1970-01-03T23:00:00.000000000Z|45m|71",
                "press|1d|all|1970-01-03T00:00:00.000000000Z|1425m|2",
            ],
            states.Select(static row => string.Join('|', row.Split('|')[..6])));
    }

    private static string[] ReadExample()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Tsdb.sln")))
        {
            directory = directory.Parent;
        }

        Assert.NotNull(directory);
        string text = File.ReadAllText(Path.Combine(directory.FullName, "docs", "usage.md"));
        string example = text.Split("### Tiers")[1].Split("```sql")[1].Split("```")[0];
        return example.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
