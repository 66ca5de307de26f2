using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>
/// A whole database written by the first version is opened by every later one: catalogue log, segments,
/// manifest, and rows and definitions that are only in the log.
/// </summary>
public sealed class GoldenDatabaseTests
{
    private static readonly StorageOptions _options = new() { WalFileSizeBytes = 64 << 10, ShardCount = 2 };

    [Fact]
    public async Task A_database_of_version_1_opens_with_every_row()
    {
        await WriteIfAskedAsync();
        SimulatedStorageDevice device = GoldenFolder.Load("v1");
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        Assert.Equal(
            [
                "north 1700000000000000000 temp=20.5 count=1 state=ok on=1 at=-",
                "north 1700000001000000000 temp=21.5 count=- state=too hot on=- at=-",
                "south 1700000000000000000 temp=-0.25 count=7 state=- on=0 at=1500000",
                "south 1700000002000000000 temp=30 count=- state=- on=- at=-",
            ],
            TestTable.Read(storage, "plant"));
        Assert.Equal(["- 5 v=1", "x 6 v=2"], TestTable.Read(storage, "late table"));
    }

    /// <summary>
    /// For a new format version only: set TSDB_WRITE_GOLDEN=1, and keep the files of the versions before.
    /// </summary>
    private static async Task WriteIfAskedAsync()
    {
        if (!GoldenFolder.IsAskedFor)
        {
            return;
        }

        SimulatedStorageDevice device = new();
        StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        await TestTable.WriteAsync(
            storage,
            """
            plant,site=north temp=20.5,count=1i,state="ok",on=t 1700000000000000000
            plant,site=south temp=-0.25,count=7i,on=f,at=1500t 1700000000000000000
            plant,site=north temp=9 1700000001000000000

            """);
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        await TestTable.WriteAsync(
            storage,
            """
            plant,site=north temp=21.5,state="too hot" 1700000001000000000
            plant,site=south temp=30 1700000002000000000
            late\ table v=1i 5
            late\ table,k=x v=2i 6

            """);
        GoldenFolder.Write("v1", device);
        await storage.DisposeAsync();
    }
}
