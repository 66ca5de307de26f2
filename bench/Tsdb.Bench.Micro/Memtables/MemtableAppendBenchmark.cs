using BenchmarkDotNet.Attributes;
using Tsdb.Bench.Micro.Batches;
using Tsdb.Storage.Memtables;

namespace Tsdb.Bench.Micro.Memtables;

/// <summary>
/// Committed batches into a new memtable, 160 rows a series, so that most of them are sealed; time per row.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
[InvocationCount(BatchCount)]
public class MemtableAppendBenchmark : IDisposable
{
    private const int BatchCount = 128;

    private SlabPool? _slabs;
    private CpuBatch? _batch;
    private Memtable? _memtable;
    private ulong _lsn;

    /// <summary>Whether every row lacks a third of the columns, its neighbour another third.</summary>
    [Params(false, true)]
    public bool IsSparse { get; set; }

    /// <summary>Whether the memory is that of a flushed memtable, or fresh from the system.</summary>
    [Params(false, true)]
    public bool IsRecycled { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _slabs = new SlabPool(account: null, IsRecycled ? long.MaxValue : 0);
        _batch = new CpuBatch(IsSparse);
    }

    [IterationSetup]
    public void Begin()
    {
        _memtable?.Dispose();
        _memtable = new Memtable(CpuBatch.ShardCount, _slabs!);
    }

    [Benchmark(OperationsPerInvoke = CpuBatch.RowCount)]
    public long Append()
    {
        _batch!.MoveOn();
        _memtable!.Append(_batch.Resolved, ++_lsn);
        return _memtable.RowCount;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _memtable?.Dispose();
        _slabs?.Dispose();
        GC.SuppressFinalize(this);
    }
}
