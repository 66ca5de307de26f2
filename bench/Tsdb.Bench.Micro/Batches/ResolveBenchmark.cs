using BenchmarkDotNet.Attributes;

namespace Tsdb.Bench.Micro.Batches;

/// <summary>Names of a batch to ids, all of them known; time per row.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class ResolveBenchmark
{
    private CpuBatch? _batch;

    [GlobalSetup]
    public void Setup() => _batch = new CpuBatch(isSparse: false);

    [Benchmark(OperationsPerInvoke = CpuBatch.RowCount)]
    public int Resolve() => _batch!.Resolve();
}
