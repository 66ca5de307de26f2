using Tsdb.Client;
using Tsdb.Core;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Kills;

/// <summary>kill -9 in the middle of a numbered stream of columns.</summary>
public sealed class StreamKillTests : IDisposable
{
    private const int RoundCount = 4;
    private const int BatchesPerRound = 30;
    private const int RowsPerBatch = 400;

    private static readonly TsdbWriterSchema _schema = new(
        "numbered", ["host"], [new("number", ColumnType.Int64), new("row", ColumnType.Int64)]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-stream-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_acknowledged_number_is_there_and_the_server_knows_where_to_go_on()
    {
        ulong acknowledged = 0;
        for (int round = 0; round < RoundCount; round++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(_folder.FullName);
            acknowledged = await WriteAsync(server, acknowledged, isKilled: round % 2 == 0);
        }

        await using ServerProcess last = await ServerProcess.StartAsync(_folder.FullName);
        using TsdbClient client = new(new Uri(last.GrpcUrl));
        await using (TsdbWriter writer = await OpenAsync(client))
        {
            Assert.True(writer.DurableSequence >= acknowledged);
            acknowledged = writer.DurableSequence;
        }

        ulong sum = acknowledged * (acknowledged + 1) / 2 * RowsPerBatch;
        Assert.Equal(
            [$"{acknowledged * RowsPerBatch}|{acknowledged}|{sum}"],
            await RowsAsync(client, "SELECT count(*), max(number), sum(number) FROM numbered"));
        await last.StopAsync();
    }

    private static Task<TsdbWriter> OpenAsync(TsdbClient client) => client.OpenWriterAsync(
        _schema, new TsdbWriterOptions { StreamId = "kill", RetryTime = TimeSpan.Zero }, Stop);

    // Gives the greatest number acknowledged.
    private static async Task<ulong> WriteAsync(ServerProcess server, ulong acknowledged, bool isKilled)
    {
        using TsdbClient client = new(new Uri(server.GrpcUrl));
        await using TsdbWriter writer = await OpenAsync(client);
        Assert.True(writer.DurableSequence >= acknowledged);
        ulong first = writer.DurableSequence + 1;
        Task? killing = null;
        List<Task<TsdbWriteOutcome>> durable = [];
        TsdbBatch batch = writer.CreateBatch();
        for (int i = 0; i < BatchesPerRound; i++)
        {
            Fill(batch, writer, (long)first + i);
            if (isKilled && i == BatchesPerRound / 2)
            {
                await durable[i / 2];
                killing = server.KillAsync();
            }

            try
            {
                durable.Add(await writer.SendAsync(batch, Stop));
            }
            catch (TsdbException) when (killing is not null)
            {
                break;
            }
        }

        ulong count = 0;
        foreach (Task<TsdbWriteOutcome> task in durable)
        {
            await task.ContinueWith(
                static _ => { }, Stop, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            count += task.IsCompletedSuccessfully ? 1UL : 0;
        }

        Assert.True(isKilled || count == BatchesPerRound);
        Assert.True(durable.Take((int)count).All(task => task.IsCompletedSuccessfully));
        await (killing ?? server.StopAsync());
        return first + count - 1;
    }

    private static void Fill(TsdbBatch batch, TsdbWriter writer, long number)
    {
        batch.Clear();
        for (int row = 0; row < RowsPerBatch; row++)
        {
            batch.AddRow(writer.AddSeries($"h{row % 10}"), new Timestamp((number * RowsPerBatch) + row));
            batch.AddIntegers(0, number);
            batch.AddIntegers(1, row);
        }
    }

    private static async Task<List<string>> RowsAsync(TsdbClient client, string sql)
    {
        using TsdbQueryResult result = await client.QueryAsync(sql, cancellationToken: Stop);
        List<string> rows = [];
        await foreach (TsdbRow row in result.ReadRowsAsync(Stop))
        {
            rows.Add(string.Join('|', Enumerable.Range(0, row.ColumnCount).Select(i => $"{row[i]}")));
        }

        return rows;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
