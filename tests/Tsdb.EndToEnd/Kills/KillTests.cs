using System.Globalization;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Kills;

/// <summary>
/// kill -9 under load, again and again on one data directory, with flushes and merges under way. The seed is
/// <c>TSDB_SEED</c>, the number of rounds <c>TSDB_KILL_ROUNDS</c>; <c>TSDB_KILL_REPORT</c> names a file
/// that gets a row with the totals.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int WriterCount = 4;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-kill-");
    private readonly int _seed = ReadNumber("TSDB_SEED", 1);
    private readonly Random _random;
    private readonly KillWriter[] _writers;
    private long _acknowledgedCount;
    private long _rowCount;
    private Int128 _numberSum;

    public KillTests()
    {
        _random = new Random(_seed);
        _writers =
            [.. Enumerable.Range(0, WriterCount).Select(id => new KillWriter(id, new Random(_seed + id)))];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_was_acknowledged_outlives_kill_9_and_nothing_else_is_there()
    {
        int roundCount = ReadNumber("TSDB_KILL_ROUNDS", 60);
        for (int round = 0; round < roundCount; round++)
        {
            await using ServerProcess server = await StartAsync();
            await CheckRoundAsync(server, round - 1);
            await WriteUntilKilledAsync(server, round);
        }

        await using (ServerProcess last = await StartAsync())
        {
            await CheckRoundAsync(last, roundCount - 1);
            await last.StopAsync();
        }

        ProcessOutcome check = await ForeignProcess.RunAsync(
            RepositoryFiles.Launcher, ["check", "--data", DataFolder]);
        Assert.True(check.ExitCode == 0, check.Errors);
        Report(roundCount);
    }

    private string DataFolder => Path.Combine(_folder.FullName, "data");

    private Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(DataFolder);

    /// <summary>Kills when so many batches are acknowledged as the seed says: others are under way
    /// then.</summary>
    private async Task WriteUntilKilledAsync(ServerProcess server, int round)
    {
        int batchCountMax = _random.Next(1, 120);
        int flushEvery = _random.Next(3, 20);
        int batchCount = 0;
        using AdminCalls admin = new(server.GrpcUrl);
        List<Task> adminCalls = [];
        TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] writing = [.. _writers.Select(writer =>
        {
            writer.StartRound();
            return Task.Run(() => writer.RunAsync(server.HttpUrl, round, OnAcknowledged));
        })];
        await Task.WhenAny([enough.Task, .. writing]);
        await server.KillAsync();
        await Task.WhenAll(writing);
        await Task.WhenAll(adminCalls);

        void OnAcknowledged(SentBatch batch)
        {
            lock (adminCalls)
            {
                batchCount++;
                _acknowledgedCount += batch.RowCount;
                if (batchCount % flushEvery == 0)
                {
                    string method = batchCount % (3 * flushEvery) == 0 ? "Compact" : "Flush";
                    adminCalls.Add(Task.Run(() => admin.TryCallAsync(method)));
                }

                if (batchCount >= batchCountMax)
                {
                    enough.TrySetResult();
                }
            }
        }
    }

    /// <summary>Of this round every acknowledged batch is there, and those in doubt wholly or not at
    /// all.</summary>
    private async Task CheckRoundAsync(ServerProcess server, int round)
    {
        if (round < 0)
        {
            return;
        }

        string place = $"seed {_seed}, round {round}";
        foreach (KillWriter writer in _writers)
        {
            long fromNs = KillWriter.RoundStartNs(round);
            long toNs = KillWriter.RoundStartNs(round + 1);
            string sql = string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT n, x, s FROM k WHERE w = '{writer.Id}' AND ts >= {fromNs} AND ts < {toNs}");
            HashSet<string> found = [];
            foreach (string line in await QueryAsync(server, sql))
            {
                Assert.True(found.Add(line), $"{place}: {line} is there twice");
            }

            foreach (SentBatch batch in writer.Batches)
            {
                CheckBatch(writer.Id, batch, found, place);
            }

            Assert.True(found.Count == 0, $"{place}: never sent, yet there: {found.FirstOrDefault()}");
        }

        await CheckTotalsAsync(server, round);
    }

    /// <summary>Takes the batch's rows out of those found.</summary>
    private void CheckBatch(int writer, SentBatch batch, HashSet<string> found, string place)
    {
        int foundCount = 0;
        for (long number = batch.FirstNumber; number < batch.FirstNumber + batch.RowCount; number++)
        {
            foundCount += found.Remove(KillWriter.FieldsOf(writer, number)) ? 1 : 0;
        }

        bool isRight = foundCount == batch.RowCount || (foundCount == 0 && !batch.IsAcknowledged);
        Assert.True(isRight, $"{place}: {foundCount} rows there of writer {writer}'s {batch}");
        if (foundCount > 0)
        {
            _rowCount += foundCount;
            _numberSum += (Int128)foundCount * (batch.FirstNumber + batch.FirstNumber + foundCount - 1) / 2;
        }
    }

    /// <summary>What was there after earlier rounds is there still, and no more.</summary>
    private async Task CheckTotalsAsync(ServerProcess server, int round)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"{_rowCount},{_numberSum}");
        string[] actual = await QueryAsync(server, "SELECT count(*), sum(n) FROM k");
        Assert.True(
            actual[0] == expected, $"seed {_seed}, after round {round}: {actual[0]}, expected {expected}");
    }

    /// <summary>The rows of the answer, without the head.</summary>
    private static async Task<string[]> QueryAsync(ServerProcess server, string sql)
    {
        using HttpClient client = new();
        string url = $"{server.HttpUrl}/api/v1/query?format=csv&q={Uri.EscapeDataString(sql)}";
        using HttpResponseMessage reply = await client.GetAsync(url, TestContext.Current.CancellationToken);
        string text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode, $"{sql}: {(int)reply.StatusCode} {text}");
        return text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    private void Report(int roundCount)
    {
        string totals = string.Create(
            CultureInfo.InvariantCulture,
            $"| {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} | KillTests, seed {_seed}: "
            + $"{WriterCount} writers, flushes and merges under way "
            + $"| {roundCount} | {_acknowledgedCount:N0} | 0 | 0 |\n");
        TestContext.Current.TestOutputHelper?.Write(totals);
        if (Environment.GetEnvironmentVariable("TSDB_KILL_REPORT") is { } path)
        {
            File.AppendAllText(path, totals);
        }
    }

    private static int ReadNumber(string name, int usual) => int.Parse(
        Environment.GetEnvironmentVariable(name) ?? $"{usual}", CultureInfo.InvariantCulture);
}
