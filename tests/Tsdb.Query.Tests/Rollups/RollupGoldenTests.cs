using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>Tiers that the first version wrote are read by every later one: definitions, what the manifest
/// says of their files, and the files.</summary>
public sealed class RollupGoldenTests
{
    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ShardCount = 2,
        RollupInterval = TimeSpan.FromDays(1),
    };

    [Fact]
    public async Task Tiers_of_version_1_answer_for_their_rows()
    {
        await WriteIfAskedAsync();
        SimulatedStorageDevice device = new();
        string root = FindRoot();
        foreach (string path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            device.PutFile(Path.GetRelativePath(root, path).Replace('\\', '/'), await File.ReadAllBytesAsync(
                path, TestContext.Current.CancellationToken));
        }

        await using RollupDatabase database = new(device, _options, TimeProvider.System);
        Assert.Equal(
            ["t|1m|x|1970-01-01T03:00:00.000000000Z", "t|1h|all|1970-01-01T03:00:00.000000000Z"],
            database.Query("SHOW ROLLUPS", usesRollups: true)
                .Select(static row => string.Join('|', row.Split('|')[..4])));
        const string Hours =
            "SELECT time_bucket('1h', ts), host, count(*), count(x), sum(x), min(x), max(x), "
            + "first(x), last(x), sum(n), min(n), max(n), first(n), last(n) FROM t "
            + "WHERE ts < '1970-01-01T03:00:00Z' GROUP BY time_bucket('1h', ts), host "
            + "ORDER BY time_bucket('1h', ts), host";
        Assert.Equal(
            [
                "0|north|3|2|4|1.5|2.5|1.5|2.5|"
                    + "-9223372036854775804|-9223372036854775808|5|-9223372036854775808|-1",
                "0|south|1|1|-0.25|-0.25|-0.25|-0.25|-0.25|NULL|NULL|NULL|NULL|NULL",
                "3600000000000|north|1|0|NULL|NULL|NULL|NULL|NULL|7|7|7|7|7",
                "7200000000000|south|2|2|30|-10|40|40|-10|3|1|2|1|2",
            ],
            database.Query(Hours, usesRollups: true));
        Assert.Equal(4, database.BucketCount);
    }

    /// <summary>
    /// For a new format version only: set TSDB_WRITE_GOLDEN=1, and keep the files of the versions before.
    /// </summary>
    private static async Task WriteIfAskedAsync()
    {
        if (Environment.GetEnvironmentVariable("TSDB_WRITE_GOLDEN") != "1")
        {
            return;
        }

        SimulatedStorageDevice device = new();
        await using RollupDatabase database = new(device, _options, TimeProvider.System);
        await database.WriteAsync(
        [
            "t,host=north x=1.5,n=-9223372036854775808i 600000000000",
            "t,host=north x=2.5,n=5i 1200000000000",
            "t,host=north n=-1i 1800000000000",
            "t,host=south x=-0.25 1800000000000",
            "t,host=north n=7i 3600000000000",
            "t,host=south x=40,n=1i 7200000000000",
            "t,host=south x=-10,n=2i 7200000000001",
            "t,host=north x=1 10800000000000",
            "t,host=south x=1 10800000000000",
        ]);
        await database.RunAsync("CREATE ROLLUP ON t EVERY 1m FOR (x)");
        await database.RunAsync("CREATE ROLLUP ON t EVERY 1h");
        await database.Storage.BuildRollupsAsync(TestContext.Current.CancellationToken);
        string root = FindRoot();
        foreach (string path in device.ListFiles())
        {
            string target = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllBytesAsync(
                target, device.ReadFile(path), TestContext.Current.CancellationToken);
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Tsdb.sln")))
        {
            directory = directory.Parent;
        }

        Assert.NotNull(directory);
        return Path.Combine(directory.FullName, "tests", "golden", "rollups", "v1");
    }
}
