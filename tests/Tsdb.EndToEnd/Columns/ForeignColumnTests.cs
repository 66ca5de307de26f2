using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Columns;

/// <summary>Columns from grpc-js and grpcio: what is stored, what is refused, what stays beside it, and what
/// of it outlives kill -9.</summary>
public sealed class ForeignColumnTests(SharedServer server, ForeignFiles files) : IClassFixture<ForeignFiles>
{
    [Theory]
    [InlineData("node", "wide")]
    [InlineData("node", "wide_lz4")]
    [InlineData("python", "wide")]
    [InlineData("python", "wide_lz4")]
    public async Task Dictionaries_nulls_and_compressed_buffers_are_stored_as_they_were_sent(
        string language, string stream)
    {
        ColumnSender sender = new(language, $"columns_{language}_{stream}", files);
        ColumnReply reply = await sender.WriteArrowAsync(server.GrpcAddress, server.HttpUrl, stream);
        Assert.Equal(("OK", ""), (reply.Code, reply.Message));
        Assert.Equal("[578,0]", reply.Counts);
        Assert.Equal("DURABILITY_FSYNC", reply.Durability);
        Assert.Equal(ForeignRows.ToCsv(ForeignFiles.WideBatches), reply.Csv);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task A_schema_without_a_time_is_refused_and_the_columns_before_it_stay(string language)
    {
        ColumnSender sender = new(language, $"columns_timeless_{language}", files);
        ColumnReply reply = await sender.WriteArrowAsync(
            server.GrpcAddress, server.HttpUrl, "1", "2_timeless", "3");
        Assert.Equal("INVALID_ARGUMENT", reply.Code);
        Assert.Equal(
            "no time column: none is named ts, time or timestamp; the 60 rows before it are stored",
            reply.Message);
        Assert.Equal(ForeignRows.ToCsv(new ForeignBatch(1)), reply.Csv);
    }

    [Theory]
    [InlineData("node", "torn", "the Arrow stream ended early, after 60 rows; 60 of them are stored")]
    [InlineData("python", "swollen", "claims 1099511627776; the 60 rows before it are stored")]
    public async Task Damaged_columns_are_refused_by_what_is_wrong_and_those_before_stay(
        string language, string fault, string reason)
    {
        ColumnSender sender = new(language, $"columns_{fault}", files);
        ColumnReply reply = await sender.WriteArrowAsync(
            server.GrpcAddress, server.HttpUrl, "1", $"2_{fault}");
        Assert.Equal("INVALID_ARGUMENT", reply.Code);
        Assert.EndsWith(reason, reply.Message, StringComparison.Ordinal);
        Assert.Equal(ForeignRows.ToCsv(new ForeignBatch(1)), reply.Csv);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task A_wrong_batch_ends_a_numbered_stream_which_goes_on_from_the_one_before_it(
        string language)
    {
        ColumnSender sender = new(language, $"stream_timeless_{language}", files);
        ColumnReply reply = await sender.WriteStreamAsync(
            server.GrpcAddress, server.HttpUrl, 1, "1", "2_timeless", "3");
        Assert.Equal("INVALID_ARGUMENT", reply.Code);
        Assert.Contains("no time column", reply.Message, StringComparison.Ordinal);
        Assert.Equal("[[1,60,0]]", reply.Acknowledged);
        Assert.Equal(ForeignRows.ToCsv(new ForeignBatch(1)), reply.Csv);

        reply = await sender.WriteStreamAsync(server.GrpcAddress, server.HttpUrl, 2, "2_3");
        Assert.Equal(("OK", 1), (reply.Code, reply.DurableSequence));
        Assert.Equal("[[2,60,0],[3,60,0]]", reply.Acknowledged);
        Assert.Equal(ForeignRows.ToCsv(new(1), new(2), new(3)), reply.Csv);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task Rows_of_another_type_are_refused_by_reason_and_the_numbered_stream_goes_on(
        string language)
    {
        ColumnSender sender = new(language, $"stream_conflict_{language}", files);
        ColumnReply reply = await sender.WriteStreamAsync(
            server.GrpcAddress, server.HttpUrl, 1, "1", "2_conflicting", "3");
        Assert.Equal(("OK", ""), (reply.Code, reply.Message));
        Assert.Equal("""[[1,60,0],[2,0,60,"type_conflict"],[3,60,0]]""", reply.Acknowledged);
        Assert.Equal(ForeignRows.ToCsv(new(1), new(3)), reply.Csv);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("python")]
    public async Task After_kill_9_the_last_acknowledged_number_is_known_and_not_stored_twice(string language)
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-e2e-numbered-");
        ColumnSender sender = new(language, "", files);
        await using (ServerProcess killed = await ServerProcess.StartAsync(data.FullName))
        {
            ColumnReply reply = await sender.WriteStreamAndKillAsync(killed.GrpcAddress, killed.Id, "1_2_3");
            Assert.Equal("UNAVAILABLE", reply.Code);
            Assert.Equal(0, reply.DurableSequence);
            Assert.InRange(reply.Window, 1, 10_000);
            Assert.Equal("[[1,60,0],[2,60,0],[3,60,0]]", reply.Acknowledged);
        }

        await using (ServerProcess again = await ServerProcess.StartAsync(data.FullName))
        {
            ColumnReply reply = await sender.WriteStreamAsync(
                again.GrpcAddress, again.HttpUrl, 2, "2_3_changed_4");
            Assert.Equal(("OK", 3), (reply.Code, reply.DurableSequence));
            Assert.Equal("[[2,0,0],[3,0,0],[4,60,0]]", reply.Acknowledged);
            Assert.Equal(ForeignRows.ToCsv(new(1), new(2), new(3), new(4)), reply.Csv);

            reply = await sender.WriteStreamAsync(again.GrpcAddress, again.HttpUrl, 1);
            Assert.Equal(("OK", 4, "[]"), (reply.Code, reply.DurableSequence, reply.Acknowledged));
        }

        data.Delete(recursive: true);
    }
}
