using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>String blocks; time per value.</summary>
[MemoryDiagnoser]
[Config(typeof(VectorWidthConfig))]
public class TextCodecBenchmark
{
    private const int ValueCount = 1024;

    private readonly ulong[] _cells = new ulong[ValueCount];
    private readonly ulong[] _decoded = new ulong[ValueCount];
    private readonly ByteSlab _texts = new();
    private readonly ByteSlab _target = new();
    private readonly ByteSlab _decodedTexts = new();

    /// <summary>How many different values come in turn.</summary>
    [Params(8, ValueCount)]
    public int DistinctCount { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < ValueCount; i++)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"state {i % DistinctCount}");
            _cells[i] = _texts.Append(Encoding.UTF8.GetBytes(text)).ToCell();
        }

        Encode();
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public int Encode()
    {
        _target.Clear();
        TextCodec.Encode(_cells, _texts.Span, _target);
        return _target.SizeBytes;
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public bool Decode()
    {
        _decodedTexts.Clear();
        return TextCodec.TryDecode(_target.Span, _decoded, _decodedTexts);
    }
}
