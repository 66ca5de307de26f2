using BenchmarkDotNet.Attributes;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>Double blocks by scheme; time per value.</summary>
[MemoryDiagnoser]
[Config(typeof(VectorWidthConfig))]
public class DoubleCodecBenchmark
{
    private const int ValueCount = 1024;

    private readonly byte[] _target = new byte[DoubleCodec.MaxEncodedSizeBytes(ValueCount)];
    private readonly double[] _decoded = new double[ValueCount];
    private double[] _values = [];
    private int _sizeBytes;

    /// <summary>The kind of series.</summary>
    [Params("2 decimals", "float", "slow sensor", "noisy sine", "random")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _values = CodecSeries.Doubles(Kind, ValueCount);
        _sizeBytes = DoubleCodec.Encode(_values, _target);
        Console.WriteLine($"// {Kind}: {(double)_sizeBytes / ValueCount:F3} bytes per value");
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public int Encode() => DoubleCodec.Encode(_values, _target);

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public bool Decode() => DoubleCodec.TryDecode(_target.AsSpan(0, _sizeBytes), _decoded);
}
