using System.Net.Sockets;
using System.Text;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// Kills the server with SIGKILL at random moments while two senders write, restarts it on the same folder,
/// and
/// checks that each acknowledged row is there once, and no row that was never sent.
/// </summary>
internal static class KillCommand
{
    private const int RowsPerBatch = 500;
    private const int SenderCount = 2;
    private const int MillisecondsMax = 1200;

    private const string Preface = """
        # Kill rounds

        Command: `./test.sh --long kill`

        SIGKILL at a random moment while two senders write batches of 500 rows with the default durability;
        each restart is on the same folder. Every row that was acknowledged must be there, and no row that was
        not sent.


        """;

    private const string Heads = """
        | date (UTC) | workload … | kills | rows acknowledged | lost | never sent, yet there |
        |---|---|---:|---:|---:|---:|

        """;

    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        int roundCount = arguments.Number("rounds", 200);
        int seed = arguments.Number("seed", 1);
        bool isKept = arguments.Switch("append");
        arguments.RefuseUnknown();

        DirectoryInfo folder = Directory.CreateTempSubdirectory("tsdb-kill-");
        Sender[] senders = [.. Enumerable.Range(0, SenderCount).Select(id => new Sender(id))];
        SplitMix64 random = new((ulong)seed);
        long lostRows = 0;
        long inventedRows = 0;
        for (int round = 1; round <= roundCount; round++)
        {
            TimeSpan life = TimeSpan.FromMilliseconds(random.NextUnit() * MillisecondsMax);
            using TsdbTarget server = Start(options, folder);
            if (round > 1)
            {
                Check(server, senders, round, ref lostRows, ref inventedRows);
            }

            WriteUntilKilled(server, senders, life);
        }

        using (TsdbTarget server = Start(options, folder))
        {
            Check(server, senders, roundCount + 1, ref lostRows, ref inventedRows);
        }

        folder.Delete(recursive: true);
        long acknowledgedRows = senders.Sum(sender => sender.AcknowledgedRows);
        string totals =
            $"| {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} | {arguments.Line} | {roundCount} "
            + $"| {acknowledgedRows:N0} | {lostRows} | {inventedRows} |";
        Console.WriteLine($"{Heads}{totals}");
        if (isKept)
        {
            Append(Path.Combine(options.Root, "bench", "results", "kill.md"), totals);
        }

        return lostRows + inventedRows == 0 ? 0 : 1;
    }

    private static TsdbTarget Start(WorkloadOptions options, DirectoryInfo folder) => TsdbTarget.StartOn(
        options.TsdbProgram, Path.Combine(
            folder.FullName, "data"), Path.Combine(folder.FullName, "server.log"));

    private static void WriteUntilKilled(TsdbTarget server, Sender[] senders, TimeSpan life)
    {
        Thread[] threads = Array.ConvertAll(senders, sender => new Thread(() => sender.Write(server)));
        Array.ForEach(threads, thread => thread.Start());
        using (PeriodicTimer timer = new(life + TimeSpan.FromMilliseconds(1)))
        {
            timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        }

        server.Kill();
        Array.ForEach(threads, thread => thread.Join());
    }

    private static void Check(
        TsdbTarget server, Sender[] senders, int round, ref long lostRows, ref long inventedRows)
    {
        using SqlEndpoint endpoint = new(server.HttpPort);
        foreach (Sender sender in senders)
        {
            if (sender.SentRows == 0)
            {
                continue;
            }

            long acknowledged = sender.AcknowledgedRows;
            string source = $"FROM kills WHERE sender = '{sender.Id}'";
            long certain = Count(endpoint, $"SELECT count(*) AS n {source} AND n < {acknowledged}");
            long all = Count(endpoint, $"SELECT count(*) AS n {source}");
            lostRows += acknowledged - certain;
            inventedRows += Math.Max(0, all - sender.SentRows);
            Console.WriteLine(
                $"kill {round - 1}, sender {sender.Id}: {acknowledged} acknowledged, {certain} of these "
                + $"there, {all} there in all, {sender.SentRows} sent");
        }
    }

    private static long Count(SqlEndpoint endpoint, string sql) => (long)endpoint.Query(sql).Rows[0][0]!;

    private static void Append(string path, string totals)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Preface + Heads);
        }

        File.AppendAllText(path, totals + "\n");
    }

    /// <summary>Sends rows numbered from 0 and knows which of them were acknowledged.</summary>
    private sealed class Sender(int id)
    {
        public int Id => id;

        public long SentRows { get; private set; }

        public long AcknowledgedRows { get; private set; }

        public void Write(TsdbTarget server)
        {
            StringBuilder text = new();
            try
            {
                using HttpConnection connection = new(server.HttpPort);
                while (true)
                {
                    text.Clear();
                    for (long row = AcknowledgedRows; row < AcknowledgedRows + RowsPerBatch; row++)
                    {
                        text.Append(
                            $"kills,sender={id} n={row}i,v={row * 0.5} {1_700_000_000_000 + row}000000\n");
                    }

                    SentRows = Math.Max(SentRows, AcknowledgedRows + RowsPerBatch);
                    HttpReply reply =
                        connection.Send("POST", server.WritePath, Encoding.ASCII.GetBytes(text.ToString()));
                    if (!reply.IsSuccess)
                    {
                        throw new InvalidOperationException($"refused with {reply.Code}: {reply.Excerpt}");
                    }

                    AcknowledgedRows += RowsPerBatch;
                }
            }
            catch (Exception killed) when (killed is SocketException or IOException)
            {
                // The server died under us: what this test is about.
            }
        }
    }
}
