using Tsdb.Faults;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Wal;

public sealed class WalWriterTests
{
    [Fact]
    public void Synced_frames_come_back_in_order_across_files()
    {
        var device = new SimulatedStorageDevice();
        using (WalWriter writer = WalScenario.Reopen(device))
        {
            WalScenario.AppendSynced(writer, 40);
            Assert.Equal(40UL, writer.DurableLsn);
            Assert.True(writer.LiveSizeBytes > WalScenario.Options.FileSizeBytes);
        }

        (List<ulong> lsns, WalTail tail) = WalScenario.Replay(device.Recover(0));
        Assert.Equal(WalScenario.Range(1, 40), lsns);
        Assert.Equal(40UL, tail.LastLsn);
        Assert.Equal(39UL, tail.KnownDurableLsn);
        Assert.Null(tail.TornFrame);
        Assert.Equal(WalScenario.Range(26, 40), WalScenario.Replay(device.Recover(0), afterLsn: 25).Lsns);
    }

    [Fact]
    public void A_frame_larger_than_a_file_gets_a_file_of_its_own()
    {
        var device = new SimulatedStorageDevice();
        byte[] large = new byte[200_000];
        new Random(1).NextBytes(large);
        using (WalWriter writer = WalScenario.Reopen(device))
        {
            WalScenario.AppendSynced(writer, 2);
            writer.Append(large, 0);
            WalScenario.AppendOne(writer);
            writer.Sync();
        }

        var found = new List<byte[]>();
        WalReader.Replay(
            device.Recover(0), WalScenario.Options, 0, 0, (in _, payload) => found.Add(payload.ToArray()));
        Assert.Equal(4, found.Count);
        Assert.Equal(large, found[2]);
    }

    [Fact]
    public void A_sync_of_the_log_returns_between_the_write_and_the_acknowledgement()
    {
        var device = new SimulatedStorageDevice();
        using WalWriter writer = WalScenario.Reopen(device);
        long before = device.CallCount;
        WalScenario.AppendSynced(writer, 1);
        Assert.Equal(
            [DeviceOperation.Write, DeviceOperation.SyncData],
            device.Calls.Skip((int)before).Select(call => call.Operation));
        Assert.All(device.Calls.Skip((int)before), call => Assert.Equal("wal/00000001.wal", call.Path));
    }

    [Fact]
    public void The_commit_time_never_goes_back()
    {
        var device = new SimulatedStorageDevice();
        using (WalWriter writer = WalScenario.Reopen(device))
        {
            writer.Append([], 500);
            writer.Append([], 400);
            writer.Sync();
        }

        var times = new List<long>();
        WalReader.Replay(device, WalScenario.Options, 0, 0, (in frame, _) => times.Add(frame.CommitTimeNs));
        Assert.Equal([500, 500], times);
    }

    [Fact]
    public void The_commit_time_never_goes_back_over_restarts_without_a_frame()
    {
        var device = new SimulatedStorageDevice();
        using (WalWriter writer = WalScenario.Reopen(device))
        {
            writer.Append([], 500);
            writer.Sync();
        }

        // The second start finds a newest file without a frame; the others are gone.
        for (int i = 0; i < 3; i++)
        {
            using WalWriter writer = WalScenario.Reopen(device, afterLsn: 1);
            Assert.Equal(500, writer.LastCommitTimeNs);
            writer.Truncate(1);
        }

        using (WalWriter writer = WalScenario.Reopen(device, afterLsn: 1))
        {
            writer.Append([], 400);
            writer.Sync();
            Assert.Equal(500, writer.LastCommitTimeNs);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_raised_commit_floor_holds_for_every_later_frame_whatever_fails(bool fails)
    {
        var device = new SimulatedStorageDevice();
        using WalWriter writer = WalScenario.Reopen(device);
        writer.Append([], 500);
        writer.RaiseCommitFloor(900);
        if (fails)
        {
            device.FailNextCall(InjectedFault.IoError);
            Assert.Throws<WalFailedException>(writer.Sync);
            writer.ReplaceFailedFile();
            writer.Append([], 500);
        }

        writer.Sync();
        Assert.True(writer.GetView(0).UntilNs < 900);
        writer.Append([], 400);
        writer.Sync();
        Assert.Equal(900, writer.LastCommitTimeNs);
    }

    [Fact]
    public void Flushed_files_are_reused_and_their_old_frames_stay_dead()
    {
        var device = new SimulatedStorageDevice();
        using WalWriter writer = WalScenario.Reopen(device);
        for (int round = 0; round < 10; round++)
        {
            WalScenario.AppendSynced(writer, 20);
            ulong flushed = writer.DurableLsn - 3;
            writer.Truncate(flushed);
            Assert.Equal(
                WalScenario.Range(flushed + 1, flushed + 3),
                WalScenario.Replay(device.Recover(round), flushed).Lsns);
            Assert.True(writer.LiveSizeBytes <= 4 * WalScenario.Options.FileSizeBytes);
        }

        int fileCountMax = 4 + WalScenario.Options.SpareFileCountMax;
        Assert.True(device.ListFiles().Count <= fileCountMax, string.Join(' ', device.ListFiles()));
    }

    [Fact]
    public void Files_let_go_of_at_once_wait_for_the_archive_each_up_to_its_own_end()
    {
        var device = new SimulatedStorageDevice();
        WalOptions options = WalScenario.Options with { HeldSizeBytesMax = long.MaxValue };
        using WalWriter writer = WalScenario.Reopen(device, options: options);
        while (writer.GetView(0).Files.Count < 5)
        {
            WalScenario.AppendSynced(writer, 1);
        }

        // The second file ends where the third begins: it is archived, the third is not.
        ulong[] firstLsns = [.. writer.GetView(0).Files.Select(static file => file.FirstLsn)];
        writer.NoteArchived(firstLsns[2] - 1);
        writer.Truncate(firstLsns[4] - 1);
        Assert.Equal(firstLsns[2..], writer.GetView(0).Files.Select(static file => file.FirstLsn));
        writer.NoteArchived(firstLsns[3] - 1);
        Assert.Equal(firstLsns[3..], writer.GetView(0).Files.Select(static file => file.FirstLsn));
        Assert.Equal(options.FileSizeBytes, writer.HeldSizeBytes);
    }

    [Fact]
    public void A_prepared_spare_makes_a_roll_cost_no_zero_filling()
    {
        var device = new SimulatedStorageDevice();
        using WalWriter writer = WalScenario.Reopen(device);
        writer.PrepareSpare();
        writer.PrepareSpare();
        Assert.Single(device.ListFiles(), path => path.StartsWith("wal/spare-", StringComparison.Ordinal));
        long before = device.CallCount;
        WalScenario.AppendSynced(writer, 8);
        Assert.DoesNotContain(
            device.Calls.Skip((int)before), call => call.Operation == DeviceOperation.Create);
        Assert.DoesNotContain(
            device.ListFiles(), path => path.StartsWith("wal/spare-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_failed_sync_the_frames_go_to_a_new_file_under_the_same_lsn(bool staysReadable)
    {
        var device = new SimulatedStorageDevice { KeepsUnsyncedReadable = staysReadable };
        using WalWriter writer = WalScenario.Reopen(device);
        WalScenario.AppendSynced(writer, 2);
        WalScenario.AppendOne(writer, generation: 9);
        WalScenario.AppendOne(writer, generation: 9);
        device.FailNextCall(InjectedFault.IoError);
        WalFailedException failure = Assert.Throws<WalFailedException>(writer.Sync);
        Assert.Equal((2UL, false, 5), (failure.DurableLsn, failure.IsReadOnly, failure.Cause.Errno));
        Assert.Throws<WalFailedException>(() => WalScenario.AppendOne(writer));
        Assert.Throws<WalFailedException>(writer.Sync);

        writer.ReplaceFailedFile();
        Assert.Equal(3UL, WalScenario.AppendOne(writer));
        WalScenario.AppendSynced(writer, 6);
        for (int seed = 0; seed < 8; seed++)
        {
            Assert.Equal(WalScenario.Range(1, 9), WalScenario.Replay(device.Recover(seed)).Lsns);
        }

        Assert.DoesNotContain(
            device.Calls.SkipWhile(call => call.Succeeded).Skip(1),
            call => call.Path == "wal/00000001.wal" && call.Operation == DeviceOperation.SyncData);
        writer.Truncate(9);
        Assert.Contains("wal/00000001.damaged", device.ListFiles());
    }

    [Theory]
    [InlineData(InjectedFault.OutOfSpace)]
    [InlineData(InjectedFault.ShortWrite)]
    public void A_failed_write_is_replaced_like_a_failed_sync(InjectedFault fault)
    {
        var device = new SimulatedStorageDevice();
        using WalWriter writer = WalScenario.Reopen(device);
        WalScenario.AppendSynced(writer, 3);
        device.FailNextCall(fault);
        WalFailedException failure = Assert.Throws<WalFailedException>(() => WalScenario.AppendOne(writer));
        Assert.True(failure.Cause.IsOutOfSpace);
        writer.ReplaceFailedFile();
        WalScenario.AppendSynced(writer, 2);
        Assert.Equal(WalScenario.Range(1, 5), WalScenario.Replay(device.Recover(2)).Lsns);
    }

    [Fact]
    public void A_failure_while_replacing_makes_the_log_read_only_until_a_replacement_succeeds()
    {
        for (int call = 1; ; call++)
        {
            var device = new SimulatedStorageDevice();
            using WalWriter writer = WalScenario.Reopen(device);
            WalScenario.AppendSynced(writer, 2);
            WalScenario.AppendOne(writer);
            device.FailNextCall(InjectedFault.IoError);
            Assert.Throws<WalFailedException>(writer.Sync);
            long target = device.CallCount + call;
            device.FailCall(target, InjectedFault.IoError);
            Exception? failure = Record.Exception(() =>
            {
                writer.ReplaceFailedFile();
                WalScenario.AppendOne(writer);
                writer.Sync();
            });
            if (device.CallCount < target)
            {
                Assert.Null(failure);
                Assert.True(call > 5);
                return;
            }

            Assert.True(Assert.IsType<WalFailedException>(failure).IsReadOnly);
            Assert.True(writer.IsReadOnly);
            Assert.Throws<WalFailedException>(() => WalScenario.AppendOne(writer));
            Assert.Equal([1UL, 2UL], WalScenario.Replay(device.Recover(0)).Lsns);

            writer.ReplaceFailedFile();
            WalScenario.AppendSynced(writer, 3);
            Assert.False(writer.IsReadOnly);
            for (int seed = 0; seed < 4; seed++)
            {
                Assert.Equal(WalScenario.Range(1, 5), WalScenario.Replay(device.Recover(seed)).Lsns);
            }
        }
    }

    [Fact]
    public void Appending_and_syncing_allocate_nothing()
    {
        string root = Directory.CreateTempSubdirectory("tsdb-wal-").FullName;
        WalOptions options = WalScenario.Options with { FileSizeBytes = 4 << 20 };
        using (var device = LocalStorageDevice.Open(root))
        using (WalWriter writer = WalScenario.Reopen(device, options: options))
        {
            byte[] payload = new byte[10_000];
            byte[] frame = new byte[WalFrame.GetSizeBytes(payload.Length)];
            AppendBoth(writer, payload, frame);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
            {
                AppendBoth(writer, payload, frame);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Directory.Delete(root, recursive: true);
    }

    private static void AppendBoth(WalWriter writer, byte[] payload, byte[] frame)
    {
        writer.Append(payload, 1);
        writer.AppendFrame(frame, payload.Length, 1);
        writer.Sync();
    }
}
