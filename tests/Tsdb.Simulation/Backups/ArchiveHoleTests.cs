using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;

namespace Tsdb.Simulation.Backups;

/// <summary>What an archive lacks is told exactly: every hole behind the last backup, none that it
/// covers.</summary>
public sealed class ArchiveHoleTests
{
    private const long HeldSizeBytesMax = 128 << 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_that_begins_behind_the_last_backup_has_a_hole_from_the_backup_on()
    {
        await using ArchivedDatabase database = new(11, HeldSizeBytesMax);
        await database.WriteAsync();
        BackupManifest backup = await database.BackUpAsync();
        await OutgrowAsync(database);
        await database.RestartAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        ArchiveRange gap = database.Archiver.Status!.Gap!.Value;
        Assert.Equal(backup.Snapshot.Lsn + 1, gap.FirstLsn);
        Assert.Equal("archive_broken", Assert.Single(database.Storage.GetFaults()).Kind);
        foreach (RestorePoint point in (RestorePoint[])[default, new(database.NowNs, null)])
        {
            Assert.Equal($"{gap}", (await RefusalAsync(database, point)).Place);
        }

        await database.BackUpAsync();
        Assert.Null(database.Archiver.Status!.Gap);
        Assert.Empty(database.Storage.GetFaults());
        await database.ShipAsync();
        await CheckAsync(database);
    }

    [Fact]
    public async Task A_backup_whose_manifest_is_damaged_does_not_keep_the_log_from_being_archived()
    {
        await using ArchivedDatabase database = new(16, HeldSizeBytesMax);
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        string path = Assert.Single(database.BackupManifests);
        byte[] whole = database.Read(path);
        database.Replace(path, whole[..^100]);
        await Assert.ThrowsAsync<BackupException>(() => database.Store.ListAsync(Token));
        await database.RestartAsync();
        await database.WriteAsync(3);
        await database.ShipAsync();
        Assert.Equal(0, database.Archiver.Status!.UnarchivedFrameCount);
        Assert.Null(database.Archiver.Status!.Gap);
        database.Replace(path, whole);
        await CheckAsync(database);
    }

    [Fact]
    public async Task A_hole_that_the_last_backup_covers_is_none()
    {
        await using ArchivedDatabase database = new(12, HeldSizeBytesMax);
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        await OutgrowAsync(database);
        await database.BackUpAsync();
        await CheckWholeAsync(database);
        await database.RestartAsync();
        await CheckWholeAsync(database);
    }

    [Fact]
    public async Task What_the_log_lets_go_of_is_missed_only_from_where_no_backup_has_it()
    {
        await using ArchivedDatabase database = new(15, HeldSizeBytesMax);
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.ShipAsync();
        while (database.Archiver.HeldSizeBytes < HeldSizeBytesMax / 2)
        {
            await database.WriteAsync();
            await database.Storage.FlushAsync(Token);
        }

        await database.BackUpAsync();
        await OutgrowAsync(database);
        await database.ShipAsync();
        Assert.NotNull(database.Archiver.Status!.Gap);
    }

    [Fact]
    public async Task A_hole_begins_behind_the_backup_that_covers_its_beginning()
    {
        await using ArchivedDatabase database = new(13, HeldSizeBytesMax);
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        ulong archivedLsn = database.Archiver.Status!.ArchivedLsn;
        await database.WriteAsync(2);
        BackupManifest backup = await database.BackUpAsync();
        await OutgrowAsync(database);
        for (int i = 0; i < 2; i++)
        {
            await database.WriteAsync();
            await database.ShipAsync();
            Assert.True(backup.Snapshot.Lsn > archivedLsn);
            Assert.Equal(backup.Snapshot.Lsn + 1, database.Archiver.Status!.Gap!.Value.FirstLsn);
            await database.RestartAsync();
        }
    }

    [Fact]
    public async Task A_last_piece_that_is_gone_is_a_hole_up_to_the_mark()
    {
        await using ArchivedDatabase database = new(14, HeldSizeBytesMax);
        await database.WriteAsync();
        BackupManifest backup = await database.BackUpAsync();
        for (int i = 0; i < 2; i++)
        {
            await database.WriteAsync();
            await database.ShipAsync();
        }

        database.Remove(database.ArchivedPieces.Last());
        ulong lsn = backup.Snapshot.Lsn + 2;
        int faultCount = await new ArchiveVerification(database.Store).RunAsync(
            static _ => { }, static _ => { }, Token);
        Assert.Equal(1, faultCount);
        foreach (RestorePoint point in (RestorePoint[])[default, new(database.NowNs, null), new(null, lsn)])
        {
            Assert.Equal($"{new ArchiveRange(lsn, lsn)}", (await RefusalAsync(database, point)).Place);
        }
    }

    /// <summary>Writes until the log lets go of what is not archived.</summary>
    private static async Task OutgrowAsync(ArchivedDatabase database)
    {
        while (database.Storage.GetFaults().Count == 0)
        {
            await database.WriteAsync(4);
            await database.Storage.FlushAsync(Token);
        }
    }

    private static async Task CheckWholeAsync(ArchivedDatabase database)
    {
        await database.WriteAsync();
        await database.ShipAsync();
        Assert.Null(database.Archiver.Status!.Gap);
        Assert.Empty(database.Storage.GetFaults());
        await CheckAsync(database);
    }

    private static async Task CheckAsync(ArchivedDatabase database)
    {
        (_, StorageEngine restored) = await database.RestoreAsync(new RestorePoint(database.NowNs, null));
        await using (restored)
        {
            Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(long.MaxValue)));
        }
    }

    private static async Task<BackupException> RefusalAsync(ArchivedDatabase database, RestorePoint point)
    {
        BackupException refusal = await Assert.ThrowsAsync<BackupException>(
            () => database.RestoreAsync(point));
        Assert.Equal(BackupFault.ArchiveGap, refusal.Fault);
        return refusal;
    }
}
