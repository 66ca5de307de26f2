using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Every cap refuses the row that would exceed it, by name, and stores the others.</summary>
public sealed class StorageLimitTests
{
    private static readonly StorageOptions _options = new()
    {
        WalFileSizeBytes = 64 << 10,
        TableCountMax = 2,
        ColumnCountMax = 2,
        TagKeyCountMax = 2,
        SeriesCountMax = 3,
        NameSizeBytesMax = 8,
        TagValueSizeBytesMax = 4,
        StringSizeBytesMax = 5,
    };

    [Theory]
    [InlineData("t v=1 1\nu v=1 1\nw v=1 1\nt v=2 2\n", 3, RejectReason.TooManyTables)]
    [InlineData("t a=1 1\nt b=1 2\nt c=1 3\nt a=2 4\n", 3, RejectReason.TooManyColumns)]
    [InlineData("t,a=1 v=1 1\nt,b=1 v=1 2\nt,c=1 v=1 3\nt,a=1 v=2 4\n", 3, RejectReason.TooManyTags)]
    [InlineData("t,a=1 v=1 1\nt,a=2 v=1 1\nt v=1 1\nt,a=4 v=1 1\nt v=2 2\n", 4, RejectReason.TooManySeries)]
    [InlineData("t v=1 1\nt longcolumn=1 2\nt v=2 3\n", 2, RejectReason.NameTooLong)]
    [InlineData("t v=1 1\nt,longtagkey=1 v=1 2\nt v=2 3\n", 2, RejectReason.NameTooLong)]
    [InlineData("t v=1 1\nt,a=12345 v=1 2\nt v=2 3\n", 2, RejectReason.NameTooLong)]
    [InlineData("t v=\"12345\" 1\nt v=\"123456\" 2\nt v=\"x\" 3\n", 2, RejectReason.StringTooLong)]
    [InlineData("t v=1 1\nt,v=1 w=1 2\nt v=2 3\n", 2, RejectReason.NameConflict)]
    [InlineData("t v=1i 1\nt v=t 2\nt v=2i 3\n", 2, RejectReason.TypeConflict)]
    public async Task A_row_beyond_a_limit_is_refused_and_the_others_are_stored(
        string lines, int refusedLine, RejectReason reason)
    {
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), _options, TimeProvider.System);
        RejectLog rejects = await TestTable.WriteAsync(storage, lines);
        RowReject reject = Assert.Single(rejects.Entries);
        Assert.Equal((refusedLine, reason), (reject.LineNumber, reject.Reason));
        int stored = storage.Catalog.Tables.Sum(table => TestTable.Read(storage, table.Name).Count);
        Assert.Equal(lines.Count(letter => letter == '\n') - 1, stored);
    }

    [Theory]
    [InlineData(2, 9, "t,a=1 v=1 1\nt,a=2 v=1 1\nt,a=3 v=1 1\nt,a=1 v=2 2\nu,a=3 v=1 1\n",
        RejectReason.TooManySeries, "the limit of t is 2 series")]
    [InlineData(9, 2, "t,a=1 v=1 1\nt,a=2 v=1 1\nt,a=3 v=1 1\nt,a=1,b=1 v=2 2\nu,a=3 v=1 1\n",
        RejectReason.TooManyTagValues, "tag a of t: the limit is 2 values")]
    public async Task Limits_of_a_table_and_of_a_tag_refuse_by_name_and_leave_other_tables_alone(
        int tableSeriesCountMax, int tagValueCountMax, string lines, RejectReason reason, string detail)
    {
        StorageOptions options = _options with
        {
            SeriesCountMax = 100,
            TableSeriesCountMax = tableSeriesCountMax,
            TagValueCountMax = tagValueCountMax,
        };
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), options, TimeProvider.System);
        RejectLog rejects = await TestTable.WriteAsync(storage, lines);
        RowReject reject = Assert.Single(rejects.Entries);
        Assert.Equal((3, reason, detail), (reject.LineNumber, reject.Reason, reject.Detail));
        Assert.Equal(3, TestTable.Read(storage, "t").Count);
        Assert.Single(TestTable.Read(storage, "u"));
        Assert.Equal(1, storage.GetStatistics().SeriesRefusalCount);
    }

    [Fact]
    public async Task Integers_go_into_a_float_column_and_a_float_widens_an_integer_column()
    {
        await using StorageEngine storage =
            StorageEngine.Open(new SimulatedStorageDevice(), _options, TimeProvider.System);
        await TestTable.WriteAsync(storage, "t v=1i 1\nt v=9007199254740993i 2\n");
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        RejectLog rejects =
            await TestTable.WriteAsync(storage, "t v=2.5 3\nt v=4i 4\nt v=9007199254740993i 5\n");
        Assert.Equal(3, Assert.Single(rejects.Entries).LineNumber);
        Assert.Equal(
            ["1 v=1", "2 v=9007199254740992", "3 v=2.5", "4 v=4"],
            TestTable.Read(storage, "t"));
    }
}
