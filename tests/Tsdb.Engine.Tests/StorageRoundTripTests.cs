using Tsdb.Core;
using Tsdb.Storage;
using Tsdb.Storage.Devices;

namespace Tsdb.Engine.Tests;

/// <summary>Rows written come back from memory, from segments, after a restart and after a merge, the newest
/// version of each.</summary>
public sealed class StorageRoundTripTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tsdb-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Rows_are_the_same_in_memory_after_a_flush_after_a_restart_and_after_a_merge()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        string[] expected =
        [
            "a 10 v=1 w=- s=-",
            "a 20 v=3 w=5 s=-",
            "a 30 v=- w=- s=two words",
            "b 15 v=7 w=- s=-",
        ];
        using LocalStorageDevice device = LocalStorageDevice.Open(_directory);
        await using (StorageEngine storage = StorageEngine.Open(
            device, new StorageOptions(), TimeProvider.System))
        {
            await TestTable.WriteAsync(storage, "t,h=a v=1i 10\nt,h=a v=2i 20\nt,h=b v=7i 15\n");
            await TestTable.WriteAsync(storage, "t,h=a v=3i,w=5 20\nt,h=a s=\"two words\" 30\n");
            Assert.Equal(expected, TestTable.Read(storage, "t"));
            await storage.FlushAsync(token);
            Assert.Equal(expected, TestTable.Read(storage, "t"));
            await TestTable.WriteAsync(storage, "t,h=a v=9i 20\nt,h=a v=8i 5\n");
        }

        string[] changed =
        [
            "a 10 v=1 w=- s=-",
            "a 20 v=9 w=5 s=-",
            "a 30 v=- w=- s=two words",
            "a 5 v=8 w=- s=-",
            "b 15 v=7 w=- s=-",
        ];
        await using (StorageEngine storage = StorageEngine.Open(
            device, new StorageOptions(), TimeProvider.System))
        {
            Assert.Equal(changed, TestTable.Read(storage, "t"));
            await storage.CompactAsync(token);
            Assert.Equal(changed, TestTable.Read(storage, "t"));
            Assert.InRange(storage.GetStatistics().SegmentCount, 1, 2);
        }
    }

    [Fact]
    public async Task A_conflicting_type_refuses_its_row_and_no_other()
    {
        using LocalStorageDevice device = LocalStorageDevice.Open(_directory);
        await using StorageEngine storage =
            StorageEngine.Open(device, new StorageOptions(), TimeProvider.System);
        RejectLog rejects = await TestTable.WriteAsync(storage, "t v=1i 1\nt v=\"x\" 2\nt v=3i 3\n");
        Assert.Equal(["1 v=1", "3 v=3"], TestTable.Read(storage, "t"));
        RowReject reject = Assert.Single(rejects.Entries);
        Assert.Equal((2, RejectReason.TypeConflict), (reject.LineNumber, reject.Reason));
    }
}
