using Tsdb.Bench.Micro.Parsing;
using Tsdb.Core;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;

namespace Tsdb.Bench.Micro.Batches;

/// <summary>A parsed and resolved batch of TSBS's cpu rows, as the commit thread gets it.</summary>
internal sealed class CpuBatch
{
    public const int RowCount = 5_000;
    public const int ShardCount = 16;

    private const int SeriesCount = 4_000;

    private readonly SampleBatch _batch = new();
    private readonly RejectLog _rejects = new();
    private readonly BatchResolver _resolver = new(new CatalogStore(ShardCount), new StorageOptions());

    public CpuBatch(bool isSparse)
    {
        byte[] text = isSparse
            ? CpuLines.Sparse(RowCount, SeriesCount, "integer")
            : CpuLines.Dense(RowCount, SeriesCount, "integer");
        LineProtocolOptions options = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
        new LineProtocolParser().Parse(text, 1, options, _batch, _rejects);
        Resolve();
        Invariant.Holds(Resolved.RowCount == RowCount);
        Invariant.Holds(Resolved.GetTable(0).IsDense == !isSparse);
    }

    public ResolvedBatch Resolved { get; } = new();

    /// <summary>Replaces the names by ids once more; all of them are known by now.</summary>
    public int Resolve()
    {
        _resolver.Resolve(_batch, Resolved, _rejects);
        return Resolved.RowCount;
    }

    /// <summary>Makes it the batch that the same hosts send next.</summary>
    public void MoveOn()
    {
        Span<long> timestampsNs = _batch.GetTable(0).TimestampsNs.AsSpan(0, RowCount);
        foreach (ref long timestampNs in timestampsNs)
        {
            timestampNs += ((RowCount / SeriesCount) + 1) * CpuLines.StepNs;
        }
    }
}
