using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Archives;

namespace Tsdb.Simulation.Backups;

/// <summary>What was done to whole tables is done or not done in a database that is put back.</summary>
public sealed class PointInTimeTableTests
{
    // No row is as old.
    private static readonly TimeSpan _ttl = TimeSpan.FromDays(36_500);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_truncated_table_has_its_rows_before_the_truncate_and_none_after_it(bool flushes)
    {
        await using ArchivedDatabase database = new(20, long.MaxValue);
        await database.WriteAsync(2);
        await database.BackUpAsync();
        await database.WriteAsync(2);
        await FlushAsync(database, flushes);
        await database.TruncateAsync();
        long truncateNs = database.TimeOf(database.CommitCount - 1);
        await FlushAsync(database, flushes);
        await database.WriteAsync(2);
        await database.ShipAsync();
        foreach (long timeNs in (long[])[truncateNs - 1, truncateNs, database.NowNs])
        {
            (RestoreReport report, StorageEngine restored) =
                await database.RestoreAsync(new RestorePoint(timeNs, null));
            await using (restored)
            {
                Assert.Equal(timeNs < truncateNs ? 0 : 1, report.DeleteCount);
                Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(timeNs)));

                // And it stays so when the tombstone is applied.
                await restored.CompactAsync(Token);
                Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(timeNs)));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_altered_table_is_as_it_was_set_at_the_moment(bool flushes)
    {
        await using ArchivedDatabase database = new(21, long.MaxValue);
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.WriteAsync();
        long setNs = await database.AlterTableAsync(_ttl);
        await FlushAsync(database, flushes);
        await database.WriteAsync();
        long unsetNs = await database.AlterTableAsync(null);
        await database.WriteAsync();
        await database.ShipAsync();
        await CheckAsync(setNs - 1, null);
        await CheckAsync(setNs, _ttl);
        await CheckAsync(unsetNs - 1, _ttl);
        await CheckAsync(unsetNs, null);
        await CheckAsync(database.NowNs, null);

        async Task CheckAsync(long timeNs, TimeSpan? ttl)
        {
            (_, StorageEngine restored) = await database.RestoreAsync(new RestorePoint(timeNs, null));
            await using (restored)
            {
                Assert.Equal(ttl, restored.Catalog.Tables[0].Options.Ttl);
                Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(timeNs)));
            }
        }
    }

    [Fact]
    public async Task No_piece_is_read_whole_more_than_once()
    {
        await using ArchivedDatabase database = new(22, long.MaxValue);
        await database.WriteAsync();
        await database.BackUpAsync();
        for (int i = 0; i < 3; i++)
        {
            await database.WriteAsync();
            await database.ShipAsync();
        }

        long untilNs = database.TimeOf(2);
        int callCount = database.Calls.Count;
        (_, StorageEngine restored) = await database.RestoreAsync(new RestorePoint(untilNs, null));
        await restored.DisposeAsync();
        string[] pieces = [.. database.ArchivedPieces];
        Assert.Equal(3, pieces.Length);
        ILookup<string, DeviceCall> wholes = database.Calls
            .Skip(callCount)
            .Where(static call => call is { Operation: DeviceOperation.Read, OffsetBytes: 0 })
            .Where(static call => call.SizeBytes > 72)
            .ToLookup(static call => call.Path);

        // All that is in the third was committed after the moment: only its beginning is looked at.
        Assert.Equal([1, 1, 0], pieces.Select(path => wholes[path].Count()));
    }

    private static Task FlushAsync(ArchivedDatabase database, bool flushes) =>
        flushes ? database.Storage.FlushAsync(Token) : Task.CompletedTask;
}
