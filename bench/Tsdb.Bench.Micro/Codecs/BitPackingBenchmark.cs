using BenchmarkDotNet.Attributes;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>The packing kernels alone; time per value.</summary>
[MemoryDiagnoser]
[Config(typeof(VectorWidthConfig))]
public class BitPackingBenchmark
{
    private const int ValueCount = 1024;

    private readonly long[] _values = CodecSeries.Integers("random", ValueCount);
    private readonly byte[] _packed = new byte[sizeof(long) * ValueCount];
    private readonly long[] _decoded = new long[ValueCount];

    /// <summary>Bits a value.</summary>
    [Params(1, 3, 7, 12, 20, 33, 64)]
    public int Width { get; set; }

    [GlobalSetup]
    public void Setup() => BitPacking.Pack(_values, 0, Width, _packed);

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public int Pack() => BitPacking.Pack(_values, 0, Width, _packed);

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public bool Unpack()
    {
        ReadOnlySpan<byte> source = _packed;
        return BitPacking.TryUnpack(ref source, 0, Width, _decoded);
    }
}
