using Tsdb.Core;

namespace Tsdb.Bench.Workload.Generation;

/// <summary>Workload A as columns, cut into batches and kept in memory: the same rows as
/// <see cref="LineBatches"/> in the same order.</summary>
internal sealed class ColumnBatches
{
    private readonly List<CpuColumns> _batches = [];

    private ColumnBatches(string[][] tags) => Tags = tags;

    /// <summary>Tag values of each host, in the order of <see cref="CpuHosts.TagKeys"/>.</summary>
    public string[][] Tags { get; }

    public IReadOnlyList<CpuColumns> Batches => _batches;

    /// <param name="hosts">Fresh: rows are drawn once.</param>
    /// <param name="rowsPerBatch">Rows to a batch; the last may have fewer.</param>
    public static ColumnBatches Of(CpuHosts hosts, int rowsPerBatch)
    {
        ColumnBatches columns = new(hosts.Tags);
        long rowCount = (long)hosts.HostCount * hosts.StepCount;
        CpuColumns? batch = null;
        int row = rowsPerBatch;
        hosts.Generate((host, timestampNs, values) =>
        {
            if (row == rowsPerBatch)
            {
                batch = new CpuColumns((int)Math.Min(rowsPerBatch, rowCount));
                columns._batches.Add(batch);
                rowCount -= batch.Hosts.Length;
                row = 0;
            }

            batch!.Hosts[row] = host;
            batch.Times[row] = new Timestamp(timestampNs);
            for (int i = 0; i < values.Length; i++)
            {
                batch.Values[i][row] = values[i];
            }

            row++;
        });
        return columns;
    }
}
