using Tsdb.Storage;

namespace Tsdb.Query.Tests;

public sealed class ShowDamageTests
{
    [Fact]
    public async Task A_damaged_block_is_listed_with_its_table_series_times_and_rows()
    {
        await using TestDatabase database = new();
        await database.WriteAsync(["t,host=a,rack=x v=1i 1", "t,host=a,rack=x v=2i 2"]);
        Assert.Empty(database.Query("SHOW DAMAGE"));
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        string path = database.FlipSegmentByte(260);
        await database.Storage.ScrubAsync(TestContext.Current.CancellationToken);
        SegmentDamage damage = Assert.Single(database.Storage.GetStatistics().Damages);
        string row = Assert.Single(database.Query("SHOW DAMAGE"));
        Assert.Equal(
            $"{path}|256|t|host=a,rack=x|1970-01-01T00:00:00.000000001Z|1970-01-01T00:00:00.000000002Z|2|"
            + $"{damage.Found}|{damage.Message}",
            row);
    }
}
