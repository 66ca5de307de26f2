using Tsdb.Faults;
using Tsdb.Simulation.Histories;
using Tsdb.Storage;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;

namespace Tsdb.Simulation.Backups;

/// <summary>A database is put back to any moment since its first backup, or the operator is told why
/// not.</summary>
public sealed class PointInTimeTests
{
    private const long NoLimit = long.MaxValue;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> SeedData => [.. Seeds.First(4)];

    [Theory]
    [MemberData(nameof(SeedData))]
    public async Task A_restore_to_any_moment_is_the_database_as_it_was_then(int seed)
    {
        Random random = new(seed);
        await using ArchivedDatabase database = new(seed, NoLimit);
        await database.WriteAsync(3);
        BackupManifest first = await database.BackUpAsync();
        for (int step = 0; step < 40; step++)
        {
            await (random.Next(12) switch
            {
                0 => database.BackUpAsync(),
                1 => database.Storage.FlushAsync(Token),
                2 => database.Storage.CompactAsync(Token),
                3 => database.RestartAsync(),
                4 or 5 => database.DeleteAsync(),
                6 or 7 => database.ShipAsync(),
                _ => database.WriteAsync(),
            });
        }

        await database.ShipAsync();
        for (int i = 0; i < 6; i++)
        {
            long timeNs = random.NextInt64(first.Snapshot.CommitTimeNs, database.NowNs + 1);
            await CheckAsync(database, timeNs, $"seed {seed}, {timeNs}");
        }

        for (int i = 0; i < 3; i++)
        {
            long timeNs = database.TimeOf(random.Next(3, database.CommitCount));
            timeNs = Math.Max(timeNs, first.Snapshot.CommitTimeNs);
            await CheckAsync(database, timeNs, $"seed {seed}, {timeNs}");
        }
    }

    [Fact]
    public async Task A_dropped_table_is_there_before_the_drop_and_gone_after_it()
    {
        await using ArchivedDatabase database = new(3, NoLimit);
        await database.WriteAsync(2);
        await database.BackUpAsync();
        await database.WriteAsync(2);
        await database.DropTableAsync();
        long dropNs = database.TimeOf(database.CommitCount - 1);
        await database.WriteAsync(2);
        await database.ShipAsync();
        await CheckAsync(database, dropNs - 1, "before");
        await CheckAsync(database, dropNs, "after");
        await CheckAsync(database, database.NowNs, "at the end");
    }

    [Fact]
    public async Task A_clock_set_back_over_a_restart_is_no_hindrance_and_no_commit_is_put_before_the_mark()
    {
        await using ArchivedDatabase database = new(10, NoLimit);
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        long markedNs = database.NowNs;
        DatabaseModel model = database.ModelAt(long.MaxValue);
        await database.Storage.FlushAsync(Token);
        for (int i = 0; i < 3; i++)
        {
            await database.RestartAsync();
            database.Clock.Jump(TimeSpan.FromHours(-1));
            if (i == 1)
            {
                await database.ShipAsync();
            }

            await database.WriteAsync(2);
        }

        await database.ShipAsync();
        (RestoreReport report, StorageEngine restored) =
            await database.RestoreAsync(new RestorePoint(markedNs, null));
        await using (restored)
        {
            // Those of the first run after it are behind the last frame, not behind the mark.
            Assert.Equal(3, report.FrameCount);
        }

        (report, restored) = await database.RestoreAsync(default);
        await using (restored)
        {
            Assert.Equal(7, report.FrameCount);
            Assert.NotNull(DatabaseReading.FindDifference(restored, model));
            Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(long.MaxValue)));
        }
    }

    [Fact]
    public async Task A_backup_of_an_empty_database_is_enough_to_begin_with()
    {
        await using ArchivedDatabase database = new(16, NoLimit);
        await database.BackUpAsync();
        await database.ShipAsync();
        long emptyNs = database.NowNs;
        await database.WriteAsync(2);
        await database.ShipAsync();
        await CheckAsync(database, emptyNs, "empty");
        await CheckAsync(database, database.NowNs, "at the end");
    }

    [Fact]
    public async Task A_restore_may_end_at_a_frame_or_at_the_archives_end_and_says_where()
    {
        await using ArchivedDatabase database = new(4, NoLimit);
        await database.WriteAsync(2);
        BackupManifest backup = await database.BackUpAsync();
        await database.WriteAsync(6);
        await database.ShipAsync();
        ulong lsn = backup.Snapshot.Lsn + 3;
        (RestoreReport report, StorageEngine restored) =
            await database.RestoreAsync(new RestorePoint(null, lsn));
        await using (restored)
        {
            Assert.Equal((lsn, 3), (report.LastLsn, report.FrameCount));
            Assert.Equal(database.TimeOf(4), report.LastCommitNs);
            Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(database.TimeOf(4))));
        }

        (report, restored) = await database.RestoreAsync(default);
        await using (restored)
        {
            Assert.Equal(6, report.FrameCount);
            Assert.True(report.RowCount > 0);
            Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(long.MaxValue)));
        }
    }

    [Fact]
    public async Task A_point_that_the_archive_does_not_reach_is_refused()
    {
        await using ArchivedDatabase database = new(5, NoLimit);
        await database.WriteAsync();
        long beforeNs = database.NowNs;
        BackupManifest backup = await database.BackUpAsync();
        Assert.Equal(BackupFault.NotFound, await RefusalAsync(database, new(beforeNs - 1, null)));
        Assert.Equal(BackupFault.ArchiveTooShort, await RefusalAsync(database, new(database.NowNs, null)));
        await database.WriteAsync();
        await database.ShipAsync();
        long shippedNs = database.NowNs;
        await CheckAsync(database, shippedNs, "shipped");
        await database.WriteAsync();
        Assert.Equal(BackupFault.ArchiveTooShort, await RefusalAsync(database, new(database.NowNs, null)));
        Assert.Equal(
            BackupFault.ArchiveTooShort,
            await RefusalAsync(database, new(null, backup.Snapshot.Lsn + 2)));
        await CheckAsync(database, shippedNs, "as before");
    }

    [Fact]
    public async Task A_damaged_or_missing_piece_is_refused_with_its_frames_and_a_restore_may_end_before_it()
    {
        await using ArchivedDatabase database = new(8, NoLimit);
        await database.WriteAsync();
        BackupManifest backup = await database.BackUpAsync();
        for (int i = 0; i < 3; i++)
        {
            await database.WriteAsync(2);
            await database.ShipAsync();
        }

        ulong lsn = backup.Snapshot.Lsn;
        Assert.Equal($"0: {new ArchiveRange(1, lsn + 6)}", await VerifyAsync(database));
        string[] pieces = [.. database.ArchivedPieces];
        Assert.Equal(3, pieces.Length);
        byte[] bytes = database.Read(pieces[1]);
        database.Replace(pieces[1], [.. bytes[..90], (byte)(bytes[90] ^ 1), .. bytes[91..]]);
        await CheckLostAsync();
        database.Remove(pieces[1]);
        await CheckLostAsync();

        async Task CheckLostAsync()
        {
            Assert.Equal(
                $"1: {new ArchiveRange(1, lsn + 2)}, {new ArchiveRange(lsn + 5, lsn + 6)}",
                await VerifyAsync(database));
            foreach (RestorePoint point in (RestorePoint[])[default, new(database.NowNs, null)])
            {
                BackupException refusal = await Assert.ThrowsAsync<BackupException>(
                    () => database.RestoreAsync(point));
                Assert.Equal(BackupFault.ArchiveGap, refusal.Fault);
                Assert.Equal($"{new ArchiveRange(lsn + 3, lsn + 4)}", refusal.Place);
                Assert.Contains($"--until-lsn {lsn + 2} ", refusal.Message, StringComparison.Ordinal);
            }

            (_, StorageEngine restored) = await database.RestoreAsync(new RestorePoint(null, lsn + 2));
            await using (restored)
            {
                DatabaseModel model = database.ModelAt(database.TimeOf(2));
                Assert.Null(DatabaseReading.FindDifference(restored, model));
            }
        }
    }

    [Fact]
    public async Task Pieces_that_no_kept_backup_needs_are_pruned_with_the_backups()
    {
        await using ArchivedDatabase database = new(9, NoLimit);
        List<BackupManifest> backups = [];
        for (int i = 0; i < 3; i++)
        {
            await database.WriteAsync(2);
            await database.ShipAsync();
            backups.Add(await database.BackUpAsync());
            await database.WriteAsync();
            await database.ShipAsync();
        }

        int pieceCount = database.ArchivedPieces.Count();
        (int backupCount, _) = await database.Store.PruneAsync(1, Token);
        Assert.Equal(2, backupCount);
        int prunedCount = await new ArchivePruning(database.Store).RunAsync(
            backups[..2], backups[2..], Token);
        Assert.Equal((pieceCount - 1, 1), (prunedCount, database.ArchivedPieces.Count()));
        await CheckAsync(database, database.NowNs, "after pruning");
        Assert.Equal(
            BackupFault.NotFound,
            await RefusalAsync(database, new(backups[1].Snapshot.CommitTimeNs, null)));
        await database.RestartAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        Assert.Null(database.Archiver.Status!.Gap);
        await CheckAsync(database, database.NowNs, "later");
    }

    [Fact]
    public async Task Beyond_its_limit_the_log_goes_on_without_the_archive_and_the_hole_is_named()
    {
        await using ArchivedDatabase database = new(6, 128 << 10);
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        long wholeNs = database.NowNs;
        ulong archivedLsn = database.Archiver.Status!.ArchivedLsn;
        while (database.Storage.GetFaults().Count == 0)
        {
            await database.WriteAsync(4);
            await database.Storage.FlushAsync(Token);
            Assert.InRange(database.Archiver.HeldSizeBytes, 0, 128 << 10);
        }

        Assert.Equal("archive_broken", database.Storage.GetFaults()[0].Kind);
        await database.WriteAsync();
        await database.ShipAsync();
        ArchiveRange gap = database.Archiver.Status!.Gap!.Value;
        Assert.Equal(archivedLsn + 1, gap.FirstLsn);
        BackupException refusal = await Assert.ThrowsAsync<BackupException>(
            () => database.RestoreAsync(new RestorePoint(database.NowNs, null)));
        Assert.Equal(BackupFault.ArchiveGap, refusal.Fault);
        Assert.Contains($"{gap}", refusal.Message, StringComparison.Ordinal);
        (_, StorageEngine whole) = await database.RestoreAsync(new RestorePoint(null, archivedLsn));
        await using (whole)
        {
            Assert.Null(DatabaseReading.FindDifference(whole, database.ModelAt(wholeNs)));
        }

        await database.RestartAsync();
        await database.ShipAsync();
        Assert.Equal(gap, database.Archiver.Status!.Gap);

        Assert.Equal("archive_broken", database.Storage.GetFaults()[0].Kind);
        await database.BackUpAsync();
        Assert.Null(database.Archiver.Status!.Gap);
        Assert.Empty(database.Storage.GetFaults());
        await database.RestartAsync();
        await database.WriteAsync(2);
        await database.ShipAsync();
        await CheckAsync(database, database.NowNs, "behind the hole");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_archiver_that_dies_at_any_call_loses_nothing_and_the_next_goes_on(int seed)
    {
        int call = 1;
        while (!await IsThroughBeforeAsync(seed, call))
        {
            call++;
        }

        Assert.InRange(call, 8, 100);
    }

    [Theory]
    [InlineData(1, InjectedFault.IoError)]
    [InlineData(2, InjectedFault.OutOfSpace)]
    public async Task What_could_not_be_sent_is_sent_by_the_next_call(int seed, InjectedFault fault)
    {
        int call = 1;
        while (!await IsSentBeforeAsync(seed, call, fault))
        {
            call++;
        }

        Assert.InRange(call, 3, 100);
    }

    /// <summary>Whether a piece is sent in fewer calls than this one, which fails; the same archiver sends it
    /// later in any case.</summary>
    private static async Task<bool> IsSentBeforeAsync(int seed, int call, InjectedFault fault)
    {
        await using ArchivedDatabase database = new(seed, NoLimit);
        SimulatedStorageDevice target = new();
        database.Target = target;
        await database.RestartAsync();
        await database.WriteAsync();
        await database.BackUpAsync();
        await database.WriteAsync(2);
        await database.ShipAsync();
        await database.WriteAsync(2);
        target.FailCall(target.CallCount + call, fault);
        try
        {
            await database.ShipAsync();
            return true;
        }
        catch (IOException)
        {
            // The call that this is about.
        }

        await database.WriteAsync();
        await database.ShipAsync();
        (RestoreReport report, StorageEngine restored) = await database.RestoreAsync(default);
        await using (restored)
        {
            Assert.Equal(database.CommitCount - 1, report.FrameCount);
            Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(long.MaxValue)));
        }

        return false;
    }

    /// <summary>Whether the target has all before its power goes at a call; at the end it must have all
    /// anyway.</summary>
    private static async Task<bool> IsThroughBeforeAsync(int seed, int call)
    {
        await using ArchivedDatabase database = new(seed, NoLimit);
        SimulatedStorageDevice target = new();
        database.Target = target;
        await database.RestartAsync();
        await database.WriteAsync(2);
        await database.BackUpAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        await database.WriteAsync();
        target = target.Recover(seed);
        target.FailCall(call, InjectedFault.PowerCut);
        database.Target = new PoweredDevice(target);
        bool isThrough = true;
        try
        {
            await database.RestartAsync();
            await database.ShipAsync();
        }
        catch (IOException)
        {
            isThrough = false;
        }

        database.Target = target.Recover(seed + call);
        await database.RestartAsync();
        await database.WriteAsync();
        await database.ShipAsync();
        (RestoreReport report, StorageEngine restored) = await database.RestoreAsync(default);
        await using (restored)
        {
            Assert.Equal(database.CommitCount - 2, report.FrameCount);
            Assert.Null(DatabaseReading.FindDifference(restored, database.ModelAt(long.MaxValue)));
        }

        return isThrough;
    }

    private static async Task CheckAsync(ArchivedDatabase database, long timeNs, string place)
    {
        (RestoreReport report, StorageEngine restored) =
            await database.RestoreAsync(new RestorePoint(timeNs, null));
        await using (restored)
        {
            string? difference = DatabaseReading.FindDifference(restored, database.ModelAt(timeNs));
            Assert.True(difference is null, $"{place}: {difference}");
            Assert.InRange(report.LastCommitNs, 0, timeNs);
        }
    }

    private static async Task<string> VerifyAsync(ArchivedDatabase database)
    {
        List<ArchiveRange> ranges = [];
        int faultCount = await new ArchiveVerification(database.Store).RunAsync(
            run => ranges.Add(run.Range), static _ => { }, Token);
        return $"{faultCount}: {string.Join(", ", ranges)}";
    }

    private static async Task<BackupFault> RefusalAsync(ArchivedDatabase database, RestorePoint point) =>
        (await Assert.ThrowsAsync<BackupException>(() => database.RestoreAsync(point))).Fault;
}
