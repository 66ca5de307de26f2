using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;

namespace Tsdb.Simulation;

/// <summary>
/// Random histories of writes, flushes, merges and restarts, read back in every way and compared with a
/// model that is a sorted dictionary. A failing seed stands in the test's name; <c>TSDB_SEED</c> runs one
/// alone.
/// </summary>
public sealed class HistoryTests
{
    private const int StepCount = 24;

    public static TheoryData<int> SeedData => [.. Seeds.First(200)];

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task Whatever_is_written_in_whatever_order_is_read_back_by_the_rules(int seed)
    {
        Random random = new(seed);
        StorageOptions options = DrawOptions(random);
        RowGenerator generator = new(random);
        DatabaseModel model = new();
        SimulatedStorageDevice device = new();
        ManualClock clock = new();
        StorageEngine storage = StorageEngine.Open(device, options, clock);
        try
        {
            for (int step = 0; step < StepCount; step++)
            {
                string place = $"seed {seed}, step {step}: ";
                switch (random.Next(15))
                {
                    case 0:
                        place += "flush";
                        await storage.FlushAsync(TestContext.Current.CancellationToken);
                        break;
                    case 1:
                        place += "compact";
                        await storage.CompactAsync(TestContext.Current.CancellationToken);
                        break;
                    case 2:
                        place += "restart";
                        await storage.DisposeAsync();
                        storage = StorageEngine.Open(device, options, clock);
                        break;
                    case 3 or 4 or 5:
                        place += await ChangeAsync(storage, model, generator, random);
                        break;
                    default:
                        place += "write";
                        List<WrittenRow> batch = generator.NextBatch(generator.Profile.RowCountMax);
                        clock.AdvanceTo(generator.NowNs);
                        await WriteAsync(storage, model, batch, place);
                        break;
                }

                CheckSome(storage, model, generator, random, place);
            }

            string? difference = DatabaseReading.FindDifference(storage, model);
            Assert.True(difference is null, $"seed {seed}, at the end: {difference}");
        }
        finally
        {
            await storage.DisposeAsync();
        }
    }

    private static StorageOptions DrawOptions(Random random) => new()
    {
        ShardCount = random.Next(1, 4),
        WalFileSizeBytes = (64 << 10) << random.Next(3),
        WalSizeBytesMax = (256 << 10) << random.Next(4),
        MemtableSizeBytesMax = random.Next(3) switch { 0 => 1 << 20, 1 => 4 << 20, _ => 64 << 20 },
        LateSegmentCountMax = random.Next(1, 5),
        SegmentCountMax = random.Next(2, 9),
        ErasureDeadline = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromDays(7),
    };

    /// <summary>Rows deleted, or another time to live, or the end of a table.</summary>
    private static async Task<string> ChangeAsync(
        StorageEngine storage, DatabaseModel model, RowGenerator generator, Random random)
    {
        if (random.Next(3) > 0)
        {
            if (RandomDelete.Draw(storage, generator, random) is { } delete)
            {
                await storage.ExecuteAsync(delete.Command, TestContext.Current.CancellationToken);
                delete.Apply(model);
            }

            return "delete";
        }

        if (RandomChange.Draw(storage, generator, random) is not { } change)
        {
            return "no change";
        }

        await storage.ExecuteAsync(change.Command, TestContext.Current.CancellationToken);
        change.Apply(model);
        if (change.Command is DropTable)
        {
            generator.Forget(change.Table);
        }

        return $"{change.Command}";
    }

    private static async Task WriteAsync(
        StorageEngine storage, DatabaseModel model, List<WrittenRow> rows, string place)
    {
        RejectLog rejects = new();
        long storedCount = await storage.AppendAsync(
            BatchBuilder.Build(rows), Durability.Fsync, rejects, TestContext.Current.CancellationToken);
        int expectedCount = model.Apply(rows);
        Assert.True(
            (storedCount, rejects.Count) == (expectedCount, rows.Count - expectedCount),
            $"{place}: {storedCount} rows stored of {expectedCount}, {rejects.Count} refused");
    }

    private static void CheckSome(
        StorageEngine storage, DatabaseModel model, RowGenerator generator, Random random, string place)
    {
        using StorageSnapshot snapshot = storage.OpenSnapshot();
        model.SetTime(storage.GetStatistics().EventTime);
        foreach (TableSchema table in storage.Catalog.Tables)
        {
            TimeRange range = random.Next(3) == 0
                ? TimeRange.All
                : new TimeRange(generator.NextBoundNs(), generator.NextBoundNs());
            if (range.IsEmpty)
            {
                range = new TimeRange(range.ToNs, range.FromNs);
            }

            TableModel expected = model.Tables[table.Name];
            Assert.Equal(
                expected.Columns,
                table.Columns.ToDictionary(static column => column.Name, static column => column.Type));
            string? difference = DatabaseReading.FindDifference(
                snapshot, table, expected, ReadPlan.Some(table, range, random));
            Assert.True(difference is null, $"{place}: {difference}");
        }
    }
}
