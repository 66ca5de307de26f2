using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>Posts prepared batches over a few connections, each on a thread of its own, as fast as they are
/// taken.</summary>
internal static class BatchLoader
{
    /// <summary>Loads everything and flushes; throws if the server refuses a batch.</summary>
    public static LoadTiming Load(ITarget target, LineBatches lines, int connectionCount) =>
        Load(target, requests => Post(target, lines, requests), connectionCount);

    /// <summary>Loads by other means and flushes.</summary>
    /// <param name="target">The server.</param>
    /// <param name="send">Sends everything; gets a list of request times for each connection.</param>
    /// <param name="connectionCount">Connections.</param>
    public static LoadTiming Load(ITarget target, Action<List<TimeSpan>[]> send, int connectionCount)
    {
        ProcessMeter server = new(target.ProcessId);
        double allocatedBytes = target.ReadRuntime().AllocatedBytes;
        server.ResetPeak();
        double serverCpu = server.CpuSeconds();
        double machineBusy = ProcessMeter.MachineBusySeconds();
        double clientCpu = ClientCpuSeconds();
        List<TimeSpan>[] requests = new List<TimeSpan>[connectionCount];
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i] = [];
        }

        long begin = Stopwatch.GetTimestamp();
        send(requests);
        TimeSpan acknowledged = Stopwatch.GetElapsedTime(begin);
        double acknowledgedCpu = server.CpuSeconds() - serverCpu;
        double loaderCpu = ClientCpuSeconds() - clientCpu;
        target.Flush();
        TimeSpan flushed = Stopwatch.GetElapsedTime(begin);
        double flushedCpu = server.CpuSeconds() - serverCpu;
        double busy = ProcessMeter.MachineBusySeconds() - machineBusy;
        RuntimeCounts runtime = target.ReadRuntime();
        List<TimeSpan> sorted = requests.SelectMany(times => times).Order().ToList();
        return new LoadTiming(
            acknowledged,
            flushed,
            acknowledgedCpu,
            flushedCpu,
            loaderCpu,
            busy,
            sorted[sorted.Count / 2],
            sorted[^1],
            server.PeakRssBytes(),
            runtime.AllocatedBytes - allocatedBytes,
            runtime);
    }

    private static void Post(ITarget target, LineBatches lines, List<TimeSpan>[] requests)
    {
        int next = -1;
        ExceptionDispatchInfo? failure = null;
        Thread[] threads = new Thread[requests.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            List<TimeSpan> times = requests[i];
            threads[i] = new Thread(() =>
            {
                try
                {
                    PostSome(target, lines, ref next, times);
                }
                catch (IOException refused)
                {
                    failure = ExceptionDispatchInfo.Capture(refused);
                    Interlocked.Add(ref next, lines.Batches.Count);
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        failure?.Throw();
    }

    private static void PostSome(ITarget target, LineBatches lines, ref int next, List<TimeSpan> times)
    {
        using HttpConnection connection = new(target.HttpPort);
        while (true)
        {
            int index = Interlocked.Increment(ref next);
            if (index >= lines.Batches.Count)
            {
                return;
            }

            long begin = Stopwatch.GetTimestamp();
            HttpReply reply = connection.Send("POST", target.WritePath, lines.Batches[index]);
            times.Add(Stopwatch.GetElapsedTime(begin));
            if (!reply.IsSuccess)
            {
                throw new IOException(
                    $"{target.Name} answered batch {index} with {reply.Code}: {reply.Excerpt}");
            }
        }
    }

    private static double ClientCpuSeconds()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }
}
