using System.Diagnostics;
using System.Text;
using Tsdb.Bench.Workload.Soaking;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>Some senders, each with a connection and a few series of its own, that wait for the reply to a
/// small batch before they send the next one: as gateways do.</summary>
internal static class SmallBatches
{
    private const long FirstNs = 1_700_000_000_000_000_000;
    private const long StepNs = 1_000_000_000;

    /// <summary>Sends for a while and gives the times of the replies.</summary>
    /// <exception cref="IOException">A batch was refused.</exception>
    public static LatencyHistogram Send(
        TsdbTarget target, int senderCount, int rowCount, long firstStep, TimeSpan time)
    {
        LatencyHistogram replies = new();
        long end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        IOException? refusal = null;
        Thread[] threads = new Thread[senderCount];
        for (int i = 0; i < threads.Length; i++)
        {
            int sender = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    SendUntil(target, sender, rowCount, firstStep, end, replies);
                }
                catch (IOException refused)
                {
                    Interlocked.CompareExchange(ref refusal, refused, null);
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return refusal is null ? replies : throw refusal;
    }

    private static void SendUntil(
        TsdbTarget target, int sender, int rowCount, long firstStep, long end, LatencyHistogram replies)
    {
        using HttpConnection connection = new(target.HttpPort);
        StringBuilder lines = new();
        for (long step = firstStep; Stopwatch.GetTimestamp() < end; step++)
        {
            lines.Clear();
            for (int row = 0; row < rowCount; row++)
            {
                lines.Append($"acks,sender=s{sender},sensor=r{row} ")
                    .Append($"level={(step + row) % 97 / 10.0},count={step}i ")
                    .Append(FirstNs + (step * StepNs)).Append('\n');
            }

            long begin = Stopwatch.GetTimestamp();
            HttpReply reply = connection.Send(
                "POST", target.WritePath, Encoding.ASCII.GetBytes(lines.ToString()));
            replies.Add(Stopwatch.GetElapsedTime(begin));
            if (!reply.IsSuccess)
            {
                throw new IOException($"{target.Name} answered with {reply.Code}: {reply.Excerpt}");
            }
        }
    }
}
