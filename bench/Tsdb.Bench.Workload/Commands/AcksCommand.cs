using System.Globalization;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Reports;
using Tsdb.Bench.Workload.Soaking;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>
/// How long acknowledgements take, and how many share a sync, with few and with many senders of small
/// batches; beside them what a write and a sync of the device take alone.
/// </summary>
internal static class AcksCommand
{
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(1);

    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        string[] senderCounts = arguments.List("senders", "1,8,64");
        int rowCount = arguments.Number("rows", 10);
        TimeSpan time = TimeSpan.FromSeconds(arguments.Number("seconds", 8));
        string name = arguments.Text("name", "");
        arguments.RefuseUnknown();

        Report report = new("Acknowledgements", arguments.Line);
        report.Add($"Each sender has a connection of its own and sends {rowCount} rows, waits for the reply, "
            + "which promises that they are on stable storage, and sends the next ones. \"Device alone\" is "
            + "4 KB into a file that was written before, and fdatasync, by itself in the same minute. "
            + "Percentiles are upper ends of buckets of an eighth of a power of two.");
        MarkdownTable table = new(
            "senders",
            "acks/s",
            "acks a sync",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "slowest ms",
            "server CPU µs an ack",
            "device alone p50 ms",
            "p99 ms",
            "p50 / device's");
        foreach (string senders in senderCounts)
        {
            int senderCount = int.Parse(senders, CultureInfo.InvariantCulture);
            LatencyHistogram device = SyncProbe.Measure(time / 4);
            string[] row = Measure(options, senderCount, rowCount, time, device);
            table.Add(row);
            Console.WriteLine(string.Join(" | ", row));
        }

        report.Add(table);
        report.Publish(options.Root, name, TimeProvider.System);
        return 0;
    }

    private static string[] Measure(
        WorkloadOptions options, int senderCount, int rowCount, TimeSpan time, LatencyHistogram device)
    {
        using TsdbTarget target = new(options.TsdbProgram);
        long warmCount = SmallBatches.Send(target, senderCount, rowCount, 0, _warmUp).Count;
        ProcessMeter meter = new(target.ProcessId);
        double commits = target.CountCommits();
        double cpu = meter.CpuSeconds();
        LatencyHistogram acks = SmallBatches.Send(target, senderCount, rowCount, warmCount, time);
        cpu = meter.CpuSeconds() - cpu;
        commits = target.CountCommits() - commits;
        target.Stop();
        return
        [
            $"{senderCount}",
            Show(acks.Count / time.TotalSeconds, "N0"),
            Show(acks.Count / commits, "F1"),
            Show(acks.QuantileMs(0.5), "F2"),
            Show(acks.QuantileMs(0.99), "F2"),
            Show(acks.QuantileMs(0.999), "F2"),
            Show(acks.SlowestMs, "F1"),
            Show(cpu / acks.Count * 1e6, "F0"),
            Show(device.QuantileMs(0.5), "F2"),
            Show(device.QuantileMs(0.99), "F2"),
            Show(acks.QuantileMs(0.5) / device.QuantileMs(0.5), "F2"),
        ];
    }

    private static string Show(double value, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture);
}
