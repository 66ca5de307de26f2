using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Tests.Devices;

public sealed class LocalStorageDeviceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tsdb-device-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Written_bytes_are_read_back_and_reads_stop_at_the_end()
    {
        using var device = LocalStorageDevice.Open(_root);
        device.CreateDirectory("a/b");
        using IStorageFile file = device.Open("a/b/f", FileOpenMode.CreateNew);
        file.Write(10, [1, 2, 3]);
        file.SyncData();
        device.SyncDirectory("a/b");
        device.SyncDirectory("");
        byte[] buffer = new byte[20];
        Assert.Equal(13, file.LengthBytes);
        Assert.Equal(3, file.Read(10, buffer));
        Assert.Equal(new byte[] { 1, 2, 3 }, buffer[..3]);
        Assert.Equal(0, file.Read(13, buffer));
        file.SetLength(4);
        Assert.Equal(4, file.LengthBytes);
    }

    [Fact]
    public void A_directory_opened_twice_is_refused_until_the_first_gives_it_back()
    {
        using (LocalStorageDevice.Open(_root))
        {
            StorageLockedException refusal =
                Assert.Throws<StorageLockedException>(() => LocalStorageDevice.Open(_root));
            Assert.Equal(Path.GetFullPath(_root), refusal.RootPath);
        }

        LocalStorageDevice.Open(_root).Dispose();
    }

    [Theory]
    [InlineData(FileOpenMode.Read, "none", 2)]
    [InlineData(FileOpenMode.ReadWrite, "none/none", 2)]
    [InlineData(FileOpenMode.CreateNew, "there", 17)]
    public void Failures_carry_path_and_errno(FileOpenMode mode, string path, int errno)
    {
        using var device = LocalStorageDevice.Open(_root);
        device.Open("there", FileOpenMode.CreateNew).Dispose();
        StorageDeviceException failure = Assert.Throws<StorageDeviceException>(() => device.Open(path, mode));
        Assert.Equal(path, failure.Path);
        Assert.Equal(errno, failure.Errno);
    }

    [Fact]
    public void Syncing_what_cannot_be_synced_fails_instead_of_pretending()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "null"), "/dev/null");
        using var device = LocalStorageDevice.Open(_root);
        using IStorageFile file = device.Open("null", FileOpenMode.ReadWrite);
        StorageDeviceException failure = Assert.Throws<StorageDeviceException>(file.SyncData);
        Assert.Equal("fdatasync", failure.Operation);
        Assert.Equal(22, failure.Errno);
    }

    [Fact]
    public void Syncing_a_missing_directory_reports_its_errno()
    {
        using var device = LocalStorageDevice.Open(_root);
        StorageDeviceException failure =
            Assert.Throws<StorageDeviceException>(() => device.SyncDirectory("none"));
        Assert.Equal(2, failure.Errno);
    }

    [Fact]
    public void Names_are_listed_in_order_renamed_linked_and_deleted()
    {
        using var device = LocalStorageDevice.Open(_root);
        device.CreateDirectory("d");
        device.Open("d/b", FileOpenMode.CreateNew).Dispose();
        device.Open("d/a", FileOpenMode.CreateNew).Dispose();
        device.Link("d/b", "d/c");
        device.Rename("d/a", "d/d");
        device.Delete("d/b");
        device.Delete("d/b");
        device.Delete("none/b");
        Assert.Equal(["c", "d"], device.List("d"));
        Assert.Equal(17, Assert.Throws<StorageDeviceException>(() => device.Link("d/c", "d/d")).Errno);
        Assert.True(device.Exists("d"));
        Assert.False(device.Exists("d/b"));
    }
}
