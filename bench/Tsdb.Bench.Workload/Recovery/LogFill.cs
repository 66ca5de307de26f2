using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Loading;
using Tsdb.Bench.Workload.Targets;
using Tsdb.Client;
using Tsdb.Core;

namespace Tsdb.Bench.Workload.Recovery;

/// <summary>Writes rows to a server until its log is of a size, and kills it: nothing of them is in a
/// segment.</summary>
internal static class LogFill
{
    public const string Table = "readings";
    public const string SettledTable = "settled";

    /// <summary>Rows to a batch.</summary>
    public const int RowsPerBatch = 20_000;

    private const int SeriesCount = 4000;
    private const int FieldCount = 10;
    private const int PendingCountMax = 8;
    private const int ValueMax = 100;

    /// <summary>Gives the number of rows of <see cref="Table"/>; each was acknowledged.</summary>
    /// <param name="target">A server over an empty folder that flushes nothing of what comes.</param>
    /// <param name="sizeBytes">The live log in the end, about.</param>
    /// <param name="areFloats">Whether values are doubles of full precision, which cannot be packed, or small
    /// integers that wander.</param>
    public static async Task<long> RunAsync(TsdbTarget target, long sizeBytes, bool areFloats)
    {
        Settle(target);
        using TsdbClient client = new("127.0.0.1", target.GrpcPort);
        await using TsdbWriter writer = await client.OpenWriterAsync(
            SchemaOf(areFloats ? ColumnType.Float64 : ColumnType.Int64));
        TsdbSeries[] sensors =
            [.. Enumerable.Range(0, SeriesCount).Select(i => writer.AddSeries([$"sensor_{i}"]))];
        TsdbBatch batch = writer.CreateBatch(RowsPerBatch);
        Queue<Task<TsdbWriteOutcome>> pending = new();
        Xoshiro256 random = new(seed: 1);
        long[] state = new long[SeriesCount * FieldCount];
        long rowCount = 0;
        while (rowCount % (50L * RowsPerBatch) != 0 || target.LogBytes() < sizeBytes)
        {
            Fill(batch, sensors, rowCount, random, areFloats ? null : state);
            pending.Enqueue(await writer.SendAsync(batch));
            rowCount += RowsPerBatch;
            if (pending.Count == PendingCountMax)
            {
                await pending.Dequeue();
            }
        }

        await Task.WhenAll(pending);
        return rowCount;
    }

    /// <summary>Writes the row of <see cref="SettledTable"/>, into a segment.</summary>
    public static void Settle(TsdbTarget target)
    {
        using (HttpConnection lines = new(target.HttpPort))
        {
            lines.Send("POST", target.WritePath, "settled,place=here v=1i 1000000000\n"u8);
        }

        target.Flush();
    }

    /// <summary>Writes integers as fast as they are taken, and kills the server while batches are under
    /// way.</summary>
    /// <param name="target">The server, with its usual options.</param>
    /// <param name="firstRow">How many rows were sent before.</param>
    /// <param name="rowCount">How many to send.</param>
    /// <returns>How many were acknowledged. Of those sent after them some may be stored, too.</returns>
    public static async Task<long> RunUntilKilledAsync(TsdbTarget target, long firstRow, long rowCount)
    {
        using TsdbClient client = new("127.0.0.1", target.GrpcPort);
#pragma warning disable CA2000 // It could not end its stream: the server is dead by then.
        TsdbWriter writer = await client.OpenWriterAsync(SchemaOf(ColumnType.Int64));
#pragma warning restore CA2000
        TsdbSeries[] sensors =
            [.. Enumerable.Range(0, SeriesCount).Select(i => writer.AddSeries([$"sensor_{i}"]))];
        TsdbBatch batch = writer.CreateBatch(RowsPerBatch);
        List<Task<TsdbWriteOutcome>> sent = [];
        Xoshiro256 random = new(seed: (ulong)firstRow + 1);
        long[] state = new long[SeriesCount * FieldCount];
        for (long row = 0; row < rowCount; row += RowsPerBatch)
        {
            Fill(batch, sensors, firstRow + row, random, state);
            sent.Add(await writer.SendAsync(batch));
            if (sent.Count > PendingCountMax)
            {
                await sent[^PendingCountMax];
            }
        }

        long acknowledged = sent.Count(static task => task.IsCompletedSuccessfully) * (long)RowsPerBatch;
        target.Kill();
        return acknowledged;
    }

    private static TsdbWriterSchema SchemaOf(ColumnType type) => new(
        Table,
        ["sensor"],
        [.. Enumerable.Range(0, FieldCount).Select(i => new TsdbField($"v{i}", type))]);

    private static void Fill(
        TsdbBatch batch, TsdbSeries[] sensors, long firstRow, Xoshiro256 random, long[]? state)
    {
        const long StartNs = 1_700_000_000_000_000_000;
        const long StepNs = 1_000_000_000;
        batch.Clear();
        TsdbSeries[] series = new TsdbSeries[RowsPerBatch];
        Timestamp[] times = new Timestamp[RowsPerBatch];
        for (int row = 0; row < RowsPerBatch; row++)
        {
            series[row] = sensors[(firstRow + row) % SeriesCount];
            times[row] = new Timestamp(StartNs + ((firstRow + row) / SeriesCount * StepNs));
        }

        batch.AddRows(series, times);
        double[] floats = new double[RowsPerBatch];
        long[] integers = new long[RowsPerBatch];
        for (int field = 0; field < FieldCount; field++)
        {
            for (int row = 0; row < RowsPerBatch; row++)
            {
                if (state is null)
                {
                    floats[row] = random.NextUnit();
                    continue;
                }

                ref long value = ref state[((firstRow + row) % SeriesCount * FieldCount) + field];
                value = Math.Clamp(value + random.NextBelow(3) - 1, 0, ValueMax);
                integers[row] = value;
            }

            if (state is null)
            {
                batch.AddFloats(field, floats);
            }
            else
            {
                batch.AddIntegers(field, integers);
            }
        }
    }
}
