using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;

namespace Tsdb.Simulation.Backups;

/// <summary>A frame that cannot be read from the log any more makes a hole in the archive, and does not end
/// it.</summary>
public sealed class DamagedLogArchiveTests
{
    private const int InHeader = 60;
    private const int InPayload = 90;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(InHeader, 1)]
    [InlineData(InHeader, 2)]
    [InlineData(InPayload, 1)]
    [InlineData(InPayload, 2)]
    public async Task Damaged_frames_are_told_with_their_place_and_the_archive_goes_on_behind_them(
        int offsetBytes, int damageCount)
    {
        await using ArchivedDatabase database = new(17, long.MaxValue);
        await database.WriteAsync();
        BackupManifest backup = await database.BackUpAsync();
        await database.WriteAsync(8);
        ulong firstLsn = backup.Snapshot.Lsn + 3;
        ArchiveRange damaged = new(firstLsn, firstLsn + (ulong)damageCount - 1);
        for (ulong lsn = damaged.FirstLsn; lsn <= damaged.LastLsn; lsn++)
        {
            database.DamageLog(lsn, offsetBytes);
        }

        IOException damage = await Assert.ThrowsAnyAsync<IOException>(database.ShipAsync);
        Assert.Contains("is damaged at byte", damage.Message, StringComparison.Ordinal);
        Assert.Equal(firstLsn - 1, database.Archiver.Status!.ArchivedLsn);
        await ShipPastAsync(database);
        await CheckHoleAsync(database, damaged);
        Assert.Contains("wal/0", database.Archiver.Status!.Damage, StringComparison.Ordinal);

        // Behind it all goes on, over restarts as well.
        await database.Storage.FlushAsync(Token);
        await database.RestartAsync();
        await database.WriteAsync();
        await ShipPastAsync(database);
        await CheckHoleAsync(database, damaged);

        await database.BackUpAsync();
        Assert.Null(database.Archiver.Status!.Gap);
        Assert.Null(database.Archiver.Status!.Damage);
        Assert.Empty(database.Storage.GetFaults());
        await database.WriteAsync();
        await database.ShipAsync();
        (_, StorageEngine restored) = await database.RestoreAsync(default);
        await using (restored)
        {
            Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(long.MaxValue)));
        }
    }

    [Fact]
    public async Task A_damaged_last_frame_is_a_hole_too()
    {
        await using ArchivedDatabase database = new(18, long.MaxValue);
        BackupManifest backup = await database.BackUpAsync();
        await database.WriteAsync(2);
        ulong lsn = backup.Snapshot.Lsn + 2;
        database.DamageLog(lsn, InHeader);
        await Assert.ThrowsAnyAsync<IOException>(database.ShipAsync);
        await ShipPastAsync(database);
        await CheckHoleAsync(database, new ArchiveRange(lsn, lsn));
        await database.WriteAsync();
        await database.ShipAsync();
        await CheckHoleAsync(database, new ArchiveRange(lsn, lsn));
    }

    /// <summary>Each damaged frame is tried twice.</summary>
    private static async Task ShipPastAsync(ArchivedDatabase database)
    {
        for (int tryCount = 0; ; tryCount++)
        {
            try
            {
                await database.ShipAsync();
                return;
            }
            catch (IOException) when (tryCount < 2)
            {
                // Tried again.
            }
        }
    }

    private static async Task CheckHoleAsync(ArchivedDatabase database, ArchiveRange hole)
    {
        Assert.Equal(hole, database.Archiver.Status!.Gap);
        Assert.Equal("archive_broken", Assert.Single(database.Storage.GetFaults()).Kind);
        foreach (RestorePoint point in (RestorePoint[])[default, new(database.NowNs, null)])
        {
            BackupException refusal = await Assert.ThrowsAsync<BackupException>(
                () => database.RestoreAsync(point));
            Assert.Equal((BackupFault.ArchiveGap, $"{hole}"), (refusal.Fault, refusal.Place));
        }

        (_, StorageEngine restored) = await database.RestoreAsync(new RestorePoint(null, hole.FirstLsn - 1));
        await restored.DisposeAsync();
    }
}
