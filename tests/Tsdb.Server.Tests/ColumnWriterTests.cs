using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Tsdb.Client;
using Tsdb.Core;
using Tsdb.Protocol.V1;
using Tsdb.Query.Arrow.Writing;

namespace Tsdb.Server.Tests;

public sealed class ColumnWriterTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_type_with_nulls_comes_back_as_it_was_sent()
    {
        TsdbWriterSchema schema = new(
            "all_types",
            ["zone", "host"],
            [
                new("f", ColumnType.Float64), new("i", ColumnType.Int64), new("b", ColumnType.Bool),
                new("s", ColumnType.String), new("t", ColumnType.Timestamp),
            ]);
        await using TsdbWriter writer = await server.Client.OpenWriterAsync(schema, null, Stop);
        TsdbBatch batch = writer.CreateBatch(0);
        batch.AddRow(writer.AddSeries("x y", "a,b=c"), new Timestamp(1));
        batch.AddRows(writer.AddSeries(null, "ü"), [new Timestamp(2), new Timestamp(3)]);
        batch.AddFloats(0, 0.5, double.MaxValue);
        batch.AddNulls(0);
        batch.AddNulls(1);
        batch.AddIntegers(1, long.MinValue, long.MaxValue);
        batch.AddBools(2, true);
        batch.AddNulls(2);
        batch.AddBools(2, false);
        batch.AddText(3, "text");
        batch.AddText(3, null);
        batch.AddText(3, "");
        batch.AddInstants(4, new Timestamp(7), new Timestamp(8));
        batch.AddNulls(4);
        TsdbWriteOutcome outcome = await await writer.SendAsync(batch, Stop);
        Assert.Equal((3, 0), (outcome.RowsStored, outcome.RowsRejected));
        Assert.Equal(
            [
                "0.5||True|text|1970-01-01T00:00:00.000000007Z|x y|a,b=c",
                $"{double.MaxValue}|{long.MinValue}|||1970-01-01T00:00:00.000000008Z||ü",
                $"|{long.MaxValue}|False||||ü",
            ],
            await RowsAsync("SELECT f, i, b, s, t, zone, host FROM all_types ORDER BY ts"));
    }

    [Fact]
    public async Task Batches_are_pipelined_new_tag_sets_follow_and_wider_integers_too()
    {
        TsdbWriterSchema schema = new("growing", ["host"], [new("v", ColumnType.Int64)]);
        TsdbWriterOptions options = new() { StreamId = "growing", WindowCount = 4 };
        await using (TsdbWriter writer = await server.Client.OpenWriterAsync(schema, options, Stop))
        {
            Assert.Equal(0UL, writer.DurableSequence);
            List<Task<TsdbWriteOutcome>> durable = [];
            TsdbBatch batch = writer.CreateBatch();
            for (int i = 0; i < 40; i++)
            {
                batch.Clear();
                batch.AddRow(writer.AddSeries($"h{i % 7}"), new Timestamp(i));
                batch.AddIntegers(0, 1L << i);
                durable.Add(await writer.SendAsync(batch, Stop));
            }

            await writer.FlushAsync(Stop);
            Assert.All(durable, task => Assert.True(task.IsCompletedSuccessfully));
            Assert.Equal(40UL, writer.DurableSequence);
        }

        Assert.Equal(
            [$"40|{(1L << 40) - 1}"], await RowsAsync("SELECT count(*), sum(v) FROM growing"));
        Assert.Equal(7, (await server.Client.DescribeTableAsync("growing", Stop)).SeriesCount);
        await using TsdbWriter next = await server.Client.OpenWriterAsync(schema, options, Stop);
        Assert.Equal(40UL, next.DurableSequence);
    }

    [Fact]
    public async Task Refused_rows_fail_their_batch_by_row_and_the_writer_goes_on()
    {
        await server.Client.WriteLinesAsync("typed,host=a v=\"text\" 1"u8.ToArray(), Stop);
        TsdbWriterSchema schema = new(
            "typed", ["host"], [new("v", ColumnType.Int64), new("w", ColumnType.Int64)]);
        await using TsdbWriter writer = await server.Client.OpenWriterAsync(schema, null, Stop);
        TsdbBatch batch = writer.CreateBatch();
        batch.AddRow(writer.AddSeries("a"), new Timestamp(2));
        batch.AddRow(writer.AddSeries("a"), new Timestamp(3));
        batch.AddNulls(0);
        batch.AddIntegers(0, 5L);
        batch.AddIntegers(1, 1L, 2L);
        Task<TsdbWriteOutcome> durable = await writer.SendAsync(batch, Stop);
        TsdbWriteException fault = await Assert.ThrowsAsync<TsdbWriteException>(() => durable);
        Assert.Equal((1, 1), (fault.Outcome.RowsStored, fault.Outcome.RowsRejected));
        TsdbReject reject = Assert.Single(fault.Outcome.Rejects);
        Assert.Equal((2, "type_conflict"), (reject.Line, reject.Reason));
        batch.Clear();
        batch.AddRow(writer.AddSeries("a"), new Timestamp(4));
        batch.AddNulls(0);
        batch.AddIntegers(1, 3L);
        Assert.Equal(1, (await await writer.SendAsync(batch, Stop)).RowsStored);
    }

    [Fact]
    public async Task A_batch_that_is_not_whole_is_refused_before_it_is_sent()
    {
        TsdbWriterSchema schema = new("whole", [], [new("v", ColumnType.Float64)]);
        await using TsdbWriter writer = await server.Client.OpenWriterAsync(schema, null, Stop);
        TsdbBatch batch = writer.CreateBatch();
        batch.AddRow(writer.AddSeries(), new Timestamp(1));
        await Assert.ThrowsAsync<ArgumentException>(async () => await writer.SendAsync(batch, Stop));
        Assert.Throws<ArgumentException>(() => batch.AddIntegers(0, 1L));
        Assert.Throws<ArgumentException>(() => writer.AddSeries("too many"));
        batch.AddFloats(0, 1.5);
        Assert.Equal(1, (await await writer.SendAsync(batch, Stop)).RowsStored);
    }

    [Fact]
    public async Task A_number_that_is_durable_already_is_passed_over_but_its_dictionary_holds()
    {
        byte[] first = Batch(isFirst: true, ["a", "b"], series: 0, ns: 1, value: 10);
        byte[] second = Batch(isFirst: false, ["c"], series: 2, ns: 2, value: 20);
        byte[] changed = Batch(isFirst: true, ["a", "b"], series: 0, ns: 1, value: 11);
        List<StreamOutcome> once = await StreamAsync("passed", (1, first), (2, second));
        Assert.Equal([1UL, 2UL], once.Select(outcome => outcome.Sequence));
        List<StreamOutcome> again = await StreamAsync("passed", (2, changed), (3, second));
        Assert.Equal([(2UL, 0L), (3UL, 1L)], again.Select(o => (o.Sequence, o.RowsStored)));
        Assert.Equal(["a|10", "c|20"], await RowsAsync("SELECT host, v FROM passed ORDER BY host"));
    }

    [Fact]
    public async Task What_cannot_be_read_ends_the_stream_after_the_batches_before_it_are_acknowledged()
    {
        byte[] good = Batch(isFirst: true, ["a"], series: 0, ns: 1, value: 10);
        (byte[] Bytes, string Reason)[] hostile =
        [
            ("not Arrow at all"u8.ToArray(), "not an Arrow IPC stream"),
            (Batch(isFirst: false, [], series: 0, ns: 1, value: 1)[..^8], "ends inside an Arrow message"),
            (Batch(isFirst: false, [], series: 77, ns: 1, value: 1), "index outside its dictionary"),
        ];
        foreach ((byte[] bytes, string reason) in hostile)
        {
            List<StreamOutcome> outcomes = [];
            RpcException fault = await Assert.ThrowsAsync<RpcException>(
                () => StreamAsync(outcomes, "", "ended", (1, good), (2, bytes)));
            Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, fault.StatusCode);
            Assert.Contains(reason, fault.Status.Detail, StringComparison.Ordinal);
            Assert.Equal([1UL], outcomes.Select(outcome => outcome.Sequence));
        }

        RpcException order = await Assert.ThrowsAsync<RpcException>(
            () => StreamAsync("", (2, good), (2, good)));
        Assert.Contains("numbers ascend", order.Status.Detail, StringComparison.Ordinal);
    }

    private Task<List<StreamOutcome>> StreamAsync(string streamId, params (ulong, byte[])[] batches) =>
        StreamAsync([], streamId, "passed", batches);

    private async Task<List<StreamOutcome>> StreamAsync(
        List<StreamOutcome> outcomes, string streamId, string table, params (ulong, byte[])[] batches)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(server.GrpcAddress);
        IngestService.IngestServiceClient client = new(channel);
        using AsyncDuplexStreamingCall<StreamRequest, StreamReply> call =
            client.WriteStream(cancellationToken: Stop);
        StreamOpen open = new() { StreamId = streamId, Target = new ArrowTarget { Table = table } };
        await call.RequestStream.WriteAsync(new StreamRequest { Open = open }, Stop);
        foreach ((ulong sequence, byte[] ipc) in batches)
        {
            await call.RequestStream.WriteAsync(
                new StreamRequest { Sequence = sequence, Ipc = ByteString.CopyFrom(ipc) }, Stop);
        }

        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(Stop))
        {
            outcomes.AddRange(call.ResponseStream.Current.Ack?.Outcomes ?? []);
        }

        return outcomes;
    }

    private static byte[] Batch(bool isFirst, string[] hosts, int series, long ns, long value)
    {
        ArrowMessageWriter writer = new();
        if (isFirst)
        {
            writer.AddSchema(
                [
                    new("ts", ArrowOutputType.Timestamp), new("host", ArrowOutputType.TextDictionary, 3),
                    new("v", ArrowOutputType.Int64),
                ],
                [KeyValuePair.Create("tsdb.tags", "host")]);
        }

        if (hosts.Length > 0)
        {
            int[] offsets = [.. Enumerable.Range(0, hosts.Length + 1)];
            writer.AddTexts(3, !isFirst, offsets, System.Text.Encoding.UTF8.GetBytes(string.Concat(hosts)));
        }

        writer.StartBatch(1, 3, 6);
        foreach (byte[] column in (byte[][])[
            BitConverter.GetBytes(ns), BitConverter.GetBytes(series), BitConverter.GetBytes(value)])
        {
            writer.AddNode(1, 0);
            writer.AddBuffer(0);
            column.CopyTo(writer.AddBuffer(column.Length));
        }

        writer.EndBody();
        return writer.Written.ToArray();
    }

    private async Task<List<string>> RowsAsync(string sql)
    {
        using TsdbQueryResult result = await server.Client.QueryAsync(sql, cancellationToken: Stop);
        List<string> rows = [];
        await foreach (TsdbRow row in result.ReadRowsAsync(Stop))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, row.ColumnCount).Select(i => $"{row[i]}")));
        }

        return rows;
    }
}
