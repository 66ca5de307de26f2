using BenchmarkDotNet.Attributes;
using Tsdb.Bench.Micro.Batches;
using Tsdb.Core;
using Tsdb.Storage.Memtables;

namespace Tsdb.Bench.Micro.Memtables;

/// <summary>Committed batches into a fresh memtable, first touch of its memory included; time per
/// row.</summary>
[MemoryDiagnoser]
[ShortRunJob]
[InvocationCount(BatchCount)]
public class MemtableAppendBenchmark : IDisposable
{
    private const int BatchCount = 16;

    private readonly SlabPool _slabs = new(MemoryAccount.CreateRoot("bench", long.MaxValue), 1L << 30);
    private CpuBatch? _batch;
    private Memtable? _memtable;
    private ulong _lsn;

    /// <summary>Whether every row lacks a third of the columns, its neighbour another third.</summary>
    [Params(false, true)]
    public bool IsSparse { get; set; }

    [GlobalSetup]
    public void Setup() => _batch = new CpuBatch(IsSparse);

    [IterationSetup]
    public void Begin()
    {
        _memtable?.Dispose();
        _memtable = new Memtable(CpuBatch.ShardCount, _slabs);
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
        _slabs.Dispose();
        GC.SuppressFinalize(this);
    }
}
