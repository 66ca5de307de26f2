using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Tsdb.Client;
using Tsdb.Protocol.V1;

namespace Tsdb.Server.Tests;

public sealed class RpcTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const int TimeoutMs = 30_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_that_are_refused_come_back_in_the_status_details()
    {
        TsdbWriteException fault = await Assert.ThrowsAsync<TsdbWriteException>(
            () => server.Client.WriteLinesAsync("wl v=1 1\nwl v=x 2\n"u8.ToArray(), Stop));
        Assert.Equal(1, fault.Outcome.RowsStored);
        TsdbReject reject = Assert.Single(fault.Outcome.Rejects);
        Assert.Equal(2, reject.Line);
        Assert.Equal("malformed_field", reject.Reason);
    }

    [Fact]
    public async Task A_wrong_statement_tells_its_place()
    {
        TsdbQueryException fault = await Assert.ThrowsAsync<TsdbQueryException>(
            () => server.Client.QueryAsync("SELECT 1 +", cancellationToken: Stop));
        Assert.Equal(1, fault.Line);
        Assert.True(fault.Column > 1);
    }

    [Fact]
    public async Task Arrow_columns_are_stored_and_NaN_and_null_are_marked_bad()
    {
        Schema schema = new(
            [
                new Field("ts", new TimestampType(TimeUnit.Millisecond, "UTC"), false),
                new Field("site", StringType.Default, true),
                new Field("p", DoubleType.Default, true),
            ],
            null);
        TsdbWriteOutcome outcome = await server.Client.WriteArrowAsync(
            "pump", ["site"], schema, Batches(schema), Stop);
        Assert.Equal(3, outcome.RowsStored);
        using TsdbQueryResult result = await server.Client.QueryAsync(
            "SELECT ts, site, p, quality(p) AS q FROM pump ORDER BY ts",
            cancellationToken: Stop);
        List<string> rows = [];
        await foreach (TsdbRow row in result.ReadRowsAsync(Stop))
        {
            rows.Add($"{row[0]} {row[1]} {row[2]} {row[3]}");
        }

        Assert.Equal(
            [
                "1970-01-01T00:00:00.001000000Z north 1.5 GOOD",
                "1970-01-01T00:00:00.002000000Z south NaN BAD",
                "1970-01-01T00:00:00.003000000Z north  BAD",
            ],
            rows);
    }

    [Fact]
    public async Task Arrow_rows_without_a_time_are_refused_by_number_and_the_others_stored()
    {
        Schema schema = new(
            [
                new Field("ts", Int64Type.Default, true),
                new Field("v", Int64Type.Default, true),
                new Field("never", DoubleType.Default, true),
            ],
            null);
        TsdbWriteException fault = await Assert.ThrowsAsync<TsdbWriteException>(
            () => server.Client.WriteArrowAsync("gaps", [], schema, RowsWithoutTime(schema), Stop));
        Assert.Equal(RowCountWithoutTime - 1, fault.Outcome.RowsStored);
        TsdbReject reject = Assert.Single(fault.Outcome.Rejects);
        Assert.Equal((RowCountWithoutTime, "malformed_timestamp"), (reject.Line, reject.Reason));
        using TsdbQueryResult result = await server.Client.QueryAsync(
            "SELECT count(*), sum(v) FROM gaps", cancellationToken: Stop);
        await foreach (TsdbRow row in result.ReadRowsAsync(Stop))
        {
            Assert.Equal(RowCountWithoutTime - 1L, row[0]);
            Assert.Equal((RowCountWithoutTime - 1L) * (RowCountWithoutTime - 2) / 2, row[1]);
        }
    }

    [Fact]
    public async Task Bytes_that_are_not_Arrow_are_an_invalid_argument()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(server.GrpcAddress);
        IngestService.IngestServiceClient client = new(channel);
        using AsyncClientStreamingCall<ArrowChunk, WriteReply> call =
            client.WriteArrow(cancellationToken: Stop);
        await call.RequestStream.WriteAsync(
            new ArrowChunk
            {
                Target = new ArrowTarget { Table = "t" },
                Ipc = Google.Protobuf.ByteString.CopyFromUtf8("this is not Arrow"),
            },
            Stop);
        RpcException fault = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync);
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Contains("not an Arrow IPC stream", fault.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_catalogue_lists_tables_tags_and_values()
    {
        byte[] lines = "cat,host=b,az=x v=1,n=2i 1\ncat,host=a v=1 2\n"u8.ToArray();
        await server.Client.WriteLinesAsync(lines, Stop);
        Assert.Contains("default", await server.Client.ListDatabasesAsync(Stop));
        Assert.Contains("cat", await server.Client.ListTablesAsync(Stop));
        TsdbTable table = await server.Client.DescribeTableAsync("cat", Stop);
        Assert.Equal(["az", "host"], table.TagKeys.Order());
        Assert.Equal(["n int64", "v float64"], table.Columns.Select(c => $"{c.Key} {c.Value}").Order());
        Assert.Equal(2, table.SeriesCount);
        Assert.Equal(["a", "b"], await server.Client.ListTagValuesAsync("cat", "host", "", Stop));
        Assert.Equal(["b"], await server.Client.ListTagValuesAsync("cat", "host", "b", Stop));
    }

    [Fact]
    public async Task A_plan_is_explained_without_being_run()
    {
        await server.Client.WriteLinesAsync("plan,host=a v=1 1\n"u8.ToArray(), Stop);
        string plan = await server.Client.ExplainAsync("SELECT avg(v) FROM plan WHERE host = 'a'", Stop);
        Assert.Contains("plan", plan, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TsdbQueryException>(
            () => server.Client.ExplainAsync("SELECT x FROM plan", Stop));
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        using TsdbClient elsewhere = new(server.GrpcAddress, new TsdbClientOptions { Database = "nowhere" });
        TsdbException fault = await Assert.ThrowsAsync<TsdbException>(() => elsewhere.ListTablesAsync(Stop));
        Assert.Equal("NotFound", fault.Status);
        fault = await Assert.ThrowsAsync<TsdbException>(
            () => server.Client.DescribeTableAsync("nosuch", Stop));
        Assert.Equal("NotFound", fault.Status);
    }

    [Fact]
    public async Task Flushed_and_compacted_rows_are_still_there()
    {
        await server.Client.WriteLinesAsync("fl v=1 1\nfl v=2 2\n"u8.ToArray(), Stop);
        await server.Client.FlushAsync(Stop);
        await server.Client.CompactAsync(Stop);
        Assert.True((await server.Client.GetStatisticsAsync(Stop))["default"]["segments"] > 0);
        using TsdbQueryResult result = await server.Client.QueryAsync(
            "SELECT sum(v) FROM fl", cancellationToken: Stop);
        await foreach (TsdbRow row in result.ReadRowsAsync(Stop))
        {
            Assert.Equal(3.0, row[0]);
        }
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task A_deadline_ends_a_query_that_its_client_does_not_read()
    {
        await FillLargeAsync();
        using TsdbClient hurried = new(
            server.GrpcAddress, new TsdbClientOptions { Timeout = TimeSpan.FromSeconds(3) });
        TsdbException fault = await Assert.ThrowsAsync<TsdbException>(async () =>
        {
            using TsdbQueryResult result = await hurried.QueryAsync(LargeSql, cancellationToken: Stop);
            await WaitForNoQueryAsync();
            while (await result.ReadBatchAsync(Stop) is not null)
            {
            }
        });
        Assert.Equal("DeadlineExceeded", fault.Status);
    }

    [Fact(Timeout = TimeoutMs)]
    public async Task Letting_go_of_a_result_ends_its_query_in_the_server()
    {
        await FillLargeAsync();
        using (TsdbQueryResult result = await server.Client.QueryAsync(LargeSql, cancellationToken: Stop))
        {
            await result.ReadBatchAsync(Stop);
        }

        string metrics = await WaitForNoQueryAsync();
        Assert.DoesNotContain("\ntsdb_queries_failed_total 0\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_health_service_says_serving()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(server.GrpcAddress);
        HealthCheckResponse reply = await new Health.HealthClient(channel)
            .CheckAsync(new HealthCheckRequest(), cancellationToken: Stop);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, reply.Status);
    }

    private const string LargeSql = "SELECT ts, note FROM large";

    // More than all windows and buffers between server and client hold: the server must wait for its client.
    private async Task FillLargeAsync()
    {
        const int RowCount = 50_000;
        string note = new('x', 400);
        StringBuilder lines = new();
        for (int i = 1; i <= RowCount; i++)
        {
            lines.Append("large note=\"").Append(i).Append(note).Append("\" ").Append(i).Append('\n');
        }

        await server.Client.WriteLinesAsync(Encoding.UTF8.GetBytes(lines.ToString()), Stop);
    }

    private async Task<string> WaitForNoQueryAsync()
    {
        while (true)
        {
            string metrics = await server.Http.GetStringAsync("/metrics", Stop);
            if (metrics.Contains("\ntsdb_queries_running 0\n", StringComparison.Ordinal))
            {
                return metrics;
            }
        }
    }

    // Larger than what is stored at once, so that the batch is cut; its last row has no time.
    private const int RowCountWithoutTime = 100_000;

    private static async IAsyncEnumerable<RecordBatch> RowsWithoutTime(Schema schema)
    {
        Int64Array.Builder times = new();
        Int64Array.Builder values = new();
        DoubleArray.Builder never = new();
        for (int i = 0; i < RowCountWithoutTime - 1; i++)
        {
            times.Append(i + 1);
            values.Append(i);
            never.AppendNull();
        }

        yield return new RecordBatch(
            schema,
            [times.AppendNull().Build(), values.AppendNull().Build(), never.AppendNull().Build()],
            RowCountWithoutTime);
        await Task.CompletedTask;
    }

    private static async IAsyncEnumerable<RecordBatch> Batches(Schema schema)
    {
        byte[] times = new byte[3 * sizeof(long)];
        Buffer.BlockCopy(new long[] { 1, 2, 3 }, 0, times, 0, times.Length);
        yield return new RecordBatch(
            schema,
            [
                new TimestampArray(
                    (TimestampType)schema.FieldsList[0].DataType,
                    new ArrowBuffer(times), ArrowBuffer.Empty, 3, 0, 0),
                new StringArray.Builder().Append("north").Append("south").Append("north").Build(),
                new DoubleArray.Builder().Append(1.5).Append(double.NaN).AppendNull().Build(),
            ],
            3);
        await Task.CompletedTask;
    }
}
