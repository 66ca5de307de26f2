using System.Diagnostics;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Targets;
using Tsdb.Client;
using Tsdb.Core;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>Sends prepared columns through our client, by a few writers with a connection each.</summary>
internal static class ColumnLoader
{
    /// <summary>Sends everything; notes for each batch the time from its sending to its
    /// acknowledgement.</summary>
    public static void Send(TsdbTarget target, ColumnBatches columns, List<TimeSpan>[] requests)
    {
        int next = -1;
        Task[] writers =
        [
            .. requests.Select(times => Task.Run(() => WriteAsync(
                target, columns, () => Interlocked.Increment(ref next), times))),
        ];
        Task.WaitAll(writers);
    }

    private static async Task WriteAsync(
        TsdbTarget target, ColumnBatches columns, Func<int> takeNext, List<TimeSpan> times)
    {
        using TsdbClient client = new("127.0.0.1", target.GrpcPort);
        TsdbWriterSchema schema = new(
            "cpu",
            CpuHosts.TagKeys,
            [.. CpuHosts.Fields.Select(field => new TsdbField(field, ColumnType.Int64))]);
        await using TsdbWriter writer = await client.OpenWriterAsync(schema);
        TsdbSeries[] hosts = [.. columns.Tags.Select(tags => writer.AddSeries(tags))];
        TsdbBatch batch = writer.CreateBatch(columns.Batches[0].Hosts.Length);
        List<Task<TimeSpan>> pending = [];
        for (int index = takeNext(); index < columns.Batches.Count; index = takeNext())
        {
            Fill(batch, columns.Batches[index], hosts);
            long begin = Stopwatch.GetTimestamp();
            pending.Add(MeasureAsync(await writer.SendAsync(batch), begin));
        }

        times.AddRange(await Task.WhenAll(pending));
    }

    private static void Fill(TsdbBatch batch, CpuColumns source, TsdbSeries[] hosts)
    {
        batch.Clear();
        Span<TsdbSeries> series = new TsdbSeries[source.Hosts.Length];
        for (int row = 0; row < series.Length; row++)
        {
            series[row] = hosts[source.Hosts[row]];
        }

        batch.AddRows(series, source.Times);
        for (int field = 0; field < source.Values.Length; field++)
        {
            batch.AddIntegers(field, source.Values[field]);
        }
    }

    private static async Task<TimeSpan> MeasureAsync(Task<TsdbWriteOutcome> durable, long begin)
    {
        await durable;
        return Stopwatch.GetElapsedTime(begin);
    }
}
