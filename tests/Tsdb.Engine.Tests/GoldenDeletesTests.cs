using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>
/// A database in which rows were deleted, tables dropped and given a time to live, and a numbered stream
/// written, is opened by every later version: manifest edits 9 to 11, log record 32, definitions 32, 33
/// and 52.
/// </summary>
public sealed class GoldenDeletesTests
{
    private const string Folder = "v1-deletes";
    private const long HourNs = 3_600_000_000_000;
    private const long NowNs = 1_700_000_000_000_000_000;

    // Merges would carry the deletes out.
    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        ShardCount = 2,
        LateSegmentCountMax = 16,
        SegmentCountMax = 64,
    };


    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_with_deletes_opens_with_what_they_left()
    {
        await WriteIfAskedAsync();
        SimulatedStorageDevice device = GoldenFolder.Load(Folder);
        await using StorageEngine storage = StorageEngine.Open(device, _options, new ManualClock());
        Assert.Equal(["b 3 v=3"], TestTable.Read(storage, "flushed"));
        Assert.Equal(["a 1 v=9", "b 2 v=2"], TestTable.Read(storage, "logged"));
        Assert.Equal([$"{NowNs - HourNs} v=2", $"{NowNs} v=3"], TestTable.Read(storage, "aged"));
        Assert.False(storage.Catalog.TryGetTable("dropped", out _));
        Assert.False(storage.Catalog.TryGetTable("dropped late", out _));
        Assert.Equal(new Timestamp(NowNs), storage.GetStatistics().EventTime);
        Assert.Equal(TimeSpan.FromHours(1), Find(storage, "aged").Options.Ttl);
        Assert.Equal(TimeSpan.FromDays(20_000), Find(storage, "logged").Options.Ttl);
        Assert.Equal(7UL, storage.Catalog.FindStreamSequence("gateway 1"));
        await storage.CompactAsync(Token);
        Assert.Equal(["b 3 v=3"], TestTable.Read(storage, "flushed"));
    }

    /// <summary>For a new format version only: set TSDB_WRITE_GOLDEN=1, to another directory.</summary>
    private static async Task WriteIfAskedAsync()
    {
        if (!GoldenFolder.IsAskedFor)
        {
            return;
        }

        SimulatedStorageDevice device = new();
        StorageEngine storage = StorageEngine.Open(device, _options, new ManualClock());

        // A delete that is carried out and forgotten: its edit and the one that takes it back.
        await TestTable.WriteAsync(storage, "forgotten v=1i 1\n");
        await DeleteAsync(storage, "forgotten", TimeRange.All, null);
        await TestTable.WriteAsync(storage, "dropped v=1i 1\n");
        await storage.FlushAsync(Token);
        await storage.CompactAsync(Token);
        Assert.Equal(0, storage.GetStatistics().PendingDeleteCount);
        await TestTable.WriteAsync(storage, "flushed,d=a v=1i 1\nflushed,d=a v=2i 2\nflushed,d=b v=3i 3\n");
        for (int i = 0; i < 4; i++)
        {
            await TestTable.WriteAsync(storage, $"now,d=a v=1i {NowNs}\nnow,d=b v=1i {NowNs}\n");
        }

        await TestTable.WriteAsync(
            storage, $"aged v=1i {NowNs - HourNs - 1}\naged v=2i {NowNs - HourNs}\naged v=3i {NowNs}\n");
        await ExecuteAsync(storage, new DropTable(Find(storage, "dropped").TableId));
        await ExecuteAsync(storage, new SetTableOptions(
            Find(storage, "aged").TableId, new TableOptions { Ttl = TimeSpan.FromHours(1) }));
        await storage.FlushAsync(Token);
        await storage.CompactAsync(Token);
        await DeleteAsync(storage, "flushed", new TimeRange(1, 3), "d=a");

        await TestTable.WriteAsync(storage, "logged,d=a v=1i 1\nlogged,d=b v=2i 2\n");
        await DeleteAsync(storage, "logged", new TimeRange(long.MinValue, 2), null);
        await storage.FlushAsync(Token);

        // From this delete on all is in the log alone.
        await TestTable.WriteAsync(storage, "dropped\\ late v=1i 1\n");
        await TestTable.WriteAsync(
            storage, "logged,d=a v=9i 1\n", position: new StreamPosition("gateway 1", 7));
        await ExecuteAsync(storage, new DropTable(Find(storage, "dropped late").TableId));
        await ExecuteAsync(storage, new SetTableOptions(
            Find(storage, "logged").TableId, new TableOptions { Ttl = TimeSpan.FromDays(20_000) }));
        await storage.DisposeAsync();
        GoldenFolder.Write(Folder, device);
    }

    private static Task DeleteAsync(StorageEngine storage, string name, TimeRange range, string? series)
    {
        TableSchema table = Find(storage, name);
        SeriesId[]? ids = series is null ? null : [storage.Catalog.GetTags(table).GetSeries(0)];
        return ExecuteAsync(storage, new DeleteRows(table.TableId, range, ids));
    }

    private static async Task ExecuteAsync(StorageEngine storage, Command command)
    {
        CommandOutcome outcome = await storage.ExecuteAsync(command, Token);
        Assert.Equal(CommandStatus.Done, outcome.Status);
    }

    private static TableSchema Find(StorageEngine storage, string name)
    {
        Assert.True(storage.Catalog.TryGetTable(name, out TableSchema? table));
        return table;
    }
}
