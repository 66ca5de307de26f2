using BenchmarkDotNet.Attributes;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>Integer blocks by scheme; time per value.</summary>
[MemoryDiagnoser]
[Config(typeof(VectorWidthConfig))]
public class IntegerCodecBenchmark
{
    private const int ValueCount = 1024;

    private readonly byte[] _target = new byte[IntegerCodec.MaxEncodedSizeBytes(ValueCount)];
    private readonly long[] _decoded = new long[ValueCount];
    private long[] _values = [];
    private int _sizeBytes;

    /// <summary>The kind of series.</summary>
    [Params("constant", "cpu walk", "uniform 0..100", "counter", "runs", "dictionary", "random")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _values = CodecSeries.Integers(Kind, ValueCount);
        _sizeBytes = IntegerCodec.Encode(_values, _target);
        Console.WriteLine($"// {Kind}: {(double)_sizeBytes / ValueCount:F3} bytes per value");
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public int Encode() => IntegerCodec.Encode(_values, _target);

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public bool Decode() => IntegerCodec.TryDecode(_target.AsSpan(0, _sizeBytes), _decoded);
}
