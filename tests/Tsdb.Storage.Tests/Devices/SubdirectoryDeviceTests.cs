using Tsdb.Faults;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Tests.Devices;

/// <summary>A directory as a device of its own.</summary>
public sealed class SubdirectoryDeviceTests
{
    [Fact]
    public void A_file_has_the_path_it_was_opened_under_and_is_found_by_it()
    {
        SubdirectoryDevice device = SubdirectoryDevice.Create(new SimulatedStorageDevice(), "a/b");
        using IStorageFile file = device.Open("c", FileOpenMode.CreateNew);
        file.Write(0, [1, 2, 3]);
        file.SyncData();
        Assert.Equal(("c", 3L), (file.Path, file.LengthBytes));
        using (IStorageFile again = device.Open(file.Path, FileOpenMode.Read))
        {
            byte[] bytes = new byte[4];
            Assert.Equal(3, again.Read(0, bytes));
            Assert.Equal([1, 2, 3, 0], bytes);
        }

        device.Delete(file.Path);
        Assert.False(device.Exists("c"));
    }
}
