using Tsdb.Faults;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Tests.Devices;

public sealed class SimulatedStorageDeviceTests
{
    private static readonly byte[] _old = [.. Enumerable.Repeat((byte)1, 2048)];
    private static readonly byte[] _new = [.. Enumerable.Repeat((byte)2, 2048)];

    [Fact]
    public void Synced_data_and_names_survive_every_seed()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        for (int seed = 0; seed < 40; seed++)
        {
            Assert.Equal(_old, device.Recover(seed).ReadFile("d/a"));
        }
    }

    [Fact]
    public void Unsynced_sectors_are_kept_or_lost_one_by_one()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        using IStorageFile file = device.Open("d/a", FileOpenMode.ReadWrite);
        file.Write(0, _new);
        device.CutPower();
        bool sawTear = false;
        for (int seed = 0; seed < 40; seed++)
        {
            byte[] found = device.Recover(seed).ReadFile("d/a");
            Assert.Equal(2048, found.Length);
            for (int sector = 0; sector < 4; sector++)
            {
                Assert.Single(found.AsSpan(sector * 512, 512).ToArray().Distinct());
            }

            sawTear |= found.Distinct().Count() == 2;
        }

        Assert.True(sawTear);
        Assert.Equal(_old, device.Recover(0).ReadFile("d/a"));
        Assert.Equal(_new, device.Recover(1).ReadFile("d/a"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_device()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        using IStorageFile file = device.Open("d/a", FileOpenMode.ReadWrite);
        file.Write(300, _new);
        device.CutPower();
        Assert.Equal(device.Recover(7).ReadFile("d/a"), device.Recover(7).ReadFile("d/a"));
    }

    [Fact]
    public void An_unsynced_rename_leaves_either_name_but_never_both()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        device.Rename("d/a", "d/b");
        device.CutPower();
        var seen = new HashSet<string>();
        for (int seed = 0; seed < 40; seed++)
        {
            seen.Add(Assert.Single(device.Recover(seed).ListFiles()));
        }

        Assert.Equal(["d/a", "d/b"], seen.Order());
    }

    [Fact]
    public void A_file_whose_directory_was_not_synced_may_be_gone_though_its_data_were_synced()
    {
        var device = new SimulatedStorageDevice();
        using (IStorageFile file = device.Open("a", FileOpenMode.CreateNew))
        {
            file.Write(0, _old);
            file.SyncData();
        }

        Assert.Empty(device.Recover(0).ListFiles());
        Assert.Equal(_old, device.Recover(1).ReadFile("a"));
    }

    [Fact]
    public void A_deleted_name_comes_back_unless_the_directory_was_synced()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        device.Delete("d/a");
        Assert.Equal(["d/a"], device.Recover(0).ListFiles());
        device.SyncDirectory("d");
        Assert.Empty(device.Recover(0).ListFiles());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failed_sync_loses_what_was_not_synced_even_for_the_next_one(bool staysReadable)
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        device.KeepsUnsyncedReadable = staysReadable;
        using IStorageFile file = device.Open("d/a", FileOpenMode.ReadWrite);
        file.Write(0, _new);
        device.FailNextCall(InjectedFault.IoError);
        StorageDeviceException failure = Assert.Throws<StorageDeviceException>(file.SyncData);
        Assert.Equal(5, failure.Errno);
        Assert.Equal(staysReadable ? _new : _old, device.ReadFile("d/a"));
        file.SyncData();
        Assert.Equal(_old, device.Recover(1).ReadFile("d/a"));
    }

    [Fact]
    public void A_short_write_does_half_and_reports_no_space()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        using IStorageFile file = device.Open("d/a", FileOpenMode.ReadWrite);
        device.FailNextCall(InjectedFault.ShortWrite);
        StorageDeviceException failure = Assert.Throws<StorageDeviceException>(() => file.Write(0, _new));
        Assert.True(failure.IsOutOfSpace);
        byte[] found = device.ReadFile("d/a");
        Assert.Equal(_new[..1024], found[..1024]);
        Assert.Equal(_old[1024..], found[1024..]);
    }

    [Fact]
    public void After_the_power_cut_every_call_throws()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        using IStorageFile file = device.Open("d/a", FileOpenMode.ReadWrite);
        device.FailNextCall(InjectedFault.PowerCut);
        Assert.Throws<PowerCutException>(() => file.Write(0, _new));
        Assert.Throws<PowerCutException>(file.SyncData);
        Assert.Throws<PowerCutException>(() => device.Exists("d/a"));
        Assert.True(device.Recover(0).Exists("d/a"));
    }

    [Fact]
    public void The_log_tells_operation_path_offset_and_size()
    {
        SimulatedStorageDevice device = CreateWithFile("d/a", _old);
        using IStorageFile file = device.Open("d/a", FileOpenMode.ReadWrite);
        file.Write(512, _new);
        file.SyncData();
        Assert.Equal(
            [
                new DeviceCall(device.CallCount - 1, DeviceOperation.Write, "d/a", 512, 2048, true),
                new DeviceCall(device.CallCount, DeviceOperation.SyncData, "d/a", 0, 0, true),
            ],
            device.Calls.TakeLast(2));
    }

    private static SimulatedStorageDevice CreateWithFile(string path, byte[] bytes)
    {
        var device = new SimulatedStorageDevice();
        device.CreateDirectory("d");
        device.SyncDirectory("");
        using IStorageFile file = device.Open(path, FileOpenMode.CreateNew);
        file.Write(0, bytes);
        file.SyncData();
        device.SyncDirectory("d");
        return device;
    }
}
