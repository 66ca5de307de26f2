using System.Globalization;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Devices;

namespace Tsdb.Query.Tests.Rollups;

/// <summary>A database that was put back to a moment: its tiers say what its rows say, deletes of before the
/// moment hold, and what came after it, expiry too, has not happened.</summary>
public sealed class RestoredRollupTests
{
    private const string Rows = "SELECT host, ts, x, n FROM t ORDER BY host, ts";

    private static readonly StorageOptions _options = new()
    {
        ShardCount = 2,
        WalFileSizeBytes = 64 << 10,
        RollupInterval = TimeSpan.FromDays(1),
        UnarchivedLogSizeBytesMax = long.MaxValue,
    };

    private readonly SimulatedStorageDevice _device = new();
    private readonly ManualClock _clock = new();
    private int _restoreCount;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private BackupStore Store => new(
        new FolderTarget(SubdirectoryDevice.Create(_device, "target"), "folder"), "db");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Tiers_of_a_restored_database_say_what_its_rows_say(int seed)
    {
        RollupHistory history = new(new Random(seed));
        List<Moment> moments = [];
        await using RollupDatabase database = Open("db");
        await history.StartAsync(database);
        await database.Storage.BuildRollupsAsync(Token);
        await BackUpAsync(database.Storage);
        for (int step = 0; step < 30; step++)
        {
            if (step == 15)
            {
                await BackUpAsync(database.Storage);
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
            await history.StepAsync(database, Token);
            moments.Add(new Moment(
                Timestamp.Now(_clock).UnixNs,
                FindExpiryNs(database.Storage),
                database.Query(Rows, usesRollups: false)));
        }

        await ShipAsync(database.Storage);
        long bucketCount = 0;
        foreach (Moment moment in moments.Where((_, index) => index % 4 == 3))
        {
            await using RollupDatabase restored = await RestoreAsync(moment.TimeNs);
            List<string> rows = restored.Query(Rows, usesRollups: false);

            // What had expired by the moment may be there until rows tell the time again; nothing else.
            Assert.Empty(moment.Rows.Except(rows));
            Assert.All(rows.Except(moment.Rows), row => Assert.InRange(
                long.Parse(row.Split('|')[1], CultureInfo.InvariantCulture),
                long.MinValue,
                moment.ExpiryNs - 1));
            Assert.Equal(rows.Count, rows.Select(KeyOf).Distinct().Count());
            Assert.Null(restored.FindDifference());
            await restored.Storage.BuildRollupsAsync(Token);
            Assert.Null(restored.FindDifference());
            bucketCount += restored.BucketCount;
        }

        Assert.InRange(bucketCount, 1, long.MaxValue);
    }

    [Fact]
    public async Task Rows_that_expired_after_the_moment_are_there_again()
    {
        await using RollupDatabase database = Open("db");
        await WriteAsync(database, 8);
        await database.RunAsync("ALTER TABLE t SET TTL '1h'");
        await database.Storage.FlushAsync(Token);
        await BackUpAsync(database.Storage);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await WriteAsync(database, 1);
        long momentNs = Timestamp.Now(_clock).UnixNs;
        _clock.Advance(TimeSpan.FromHours(10));
        await WriteAsync(database, 8);
        await database.Storage.FlushAsync(Token);
        await database.Storage.CompactAsync(Token);
        Assert.Equal(Timestamp.Now(_clock), database.Storage.GetStatistics().EventTime);
        Assert.Equal(["400"], database.Query("SELECT count(*) FROM t", usesRollups: false));
        await ShipAsync(database.Storage);
        await using RollupDatabase restored = await RestoreAsync(momentNs);
        Assert.Equal(["450"], restored.Query("SELECT count(*) FROM t", usesRollups: false));
    }

    private static string KeyOf(string row) => string.Join('|', row.Split('|').Take(2));

    /// <summary>Rows from before it are hidden; ns since 1970.</summary>
    private static long FindExpiryNs(StorageEngine storage)
    {
        Assert.True(storage.Catalog.TryGetTable("t", out TableSchema? table));
        return table.Options.Ttl is { } ttl
            && storage.GetStatistics().EventTime is { } reached
            ? reached.UnixNs - (ttl.Ticks * TimeSpan.NanosecondsPerTick)
            : long.MinValue + 1;
    }

    private RollupDatabase Open(string folder) =>
        new(SubdirectoryDevice.Create(_device, folder), _options, _clock);

    /// <summary>Batches of fifty rows, one a series, at the present: what senders bear out.</summary>
    private async Task WriteAsync(RollupDatabase database, int batchCount)
    {
        long nowNs = Timestamp.Now(_clock).UnixNs;
        for (int batch = 1 - batchCount; batch <= 0; batch++)
        {
            await database.WriteAsync([.. Enumerable.Range(0, 50).Select(
                i => $"t,host=h{i} x={i} {nowNs + batch}")]);
        }
    }

    private async Task BackUpAsync(StorageEngine storage)
    {
        SnapshotFolder folder = new(SubdirectoryDevice.Create(_device, "snapshots"));
        string name = $"s{Timestamp.Now(_clock).UnixNs}";
        await new SnapshotSource(storage, _clock).WriteAsync(folder, name, "db", Token);
        await new BackupWriter(Store, _clock).WriteAsync(
            new SubdirectoryDevice(_device, $"snapshots/{name}/db"), static _ => { }, Token);
    }

    private async Task ShipAsync(StorageEngine storage)
    {
        using LogArchiver archiver = new(storage, Store);
        await archiver.ShipAsync(Token);
        Assert.Null(archiver.Status!.Gap);
    }

    private async Task<RollupDatabase> RestoreAsync(long timeNs)
    {
        string folder = $"restored{_restoreCount++}";
        await new PointInTimeRestore(Store).RunAsync(
            new RestorePoint(timeNs, null),
            SubdirectoryDevice.Create(_device, folder),
            static _ => { },
            Token);
        return Open(folder);
    }

    /// <summary>What a database said at a time.</summary>
    private sealed record Moment(long TimeNs, long ExpiryNs, List<string> Rows);
}
