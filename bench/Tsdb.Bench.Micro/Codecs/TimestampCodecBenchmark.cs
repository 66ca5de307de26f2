using BenchmarkDotNet.Attributes;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>Timestamp blocks by kind of clock; time per value.</summary>
[MemoryDiagnoser]
[Config(typeof(VectorWidthConfig))]
public class TimestampCodecBenchmark
{
    private const int ValueCount = 1024;

    private readonly byte[] _target = new byte[TimestampCodec.MaxEncodedSizeBytes(ValueCount)];
    private readonly long[] _decoded = new long[ValueCount];
    private long[] _values = [];
    private int _sizeBytes;

    /// <summary>The kind of series.</summary>
    [Params("exact 10 s", "1 s, 20 ms jitter", "1 s, 2 ms jitter in us")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _values = CodecSeries.Timestamps(Kind, ValueCount);
        _sizeBytes = TimestampCodec.Encode(_values, _target);
        Console.WriteLine($"// {Kind}: {(double)_sizeBytes / ValueCount:F3} bytes per value");
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public int Encode() => TimestampCodec.Encode(_values, _target);

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public bool Decode() => TimestampCodec.TryDecode(_target.AsSpan(0, _sizeBytes), _decoded);
}
