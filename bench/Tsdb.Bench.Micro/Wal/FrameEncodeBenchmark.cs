using BenchmarkDotNet.Attributes;
using Tsdb.Bench.Micro.Batches;
using Tsdb.Storage.Commits;

namespace Tsdb.Bench.Micro.Wal;

/// <summary>A batch to the payload of a WAL frame; time per row.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class FrameEncodeBenchmark
{
    private readonly FrameWriter _writer = new();
    private CpuBatch? _batch;

    /// <summary>Whether every row lacks a third of the columns.</summary>
    [Params(false, true)]
    public bool IsSparse { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _batch = new CpuBatch(IsSparse);
        Console.WriteLine($"// {(double)Encode() / CpuBatch.RowCount:F2} bytes per row");
    }

    [Benchmark(OperationsPerInvoke = CpuBatch.RowCount)]
    public int Encode()
    {
        _writer.Clear();
        _writer.AddRows(_batch!.Resolved);
        return _writer.Payload.SizeBytes;
    }
}
