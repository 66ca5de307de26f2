using BenchmarkDotNet.Attributes;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>Presence bitmaps; time per bit.</summary>
[MemoryDiagnoser]
[Config(typeof(VectorWidthConfig))]
public class BitmapCodecBenchmark
{
    private const int BitCount = 1024;
    private const int Seed = 1;

    private readonly byte[] _target = new byte[BitmapCodec.MaxEncodedSizeBytes(BitCount)];
    private readonly ulong[] _words = new ulong[BitCount / 64];
    private readonly ulong[] _decoded = new ulong[BitCount / 64];
    private int _sizeBytes;

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(Seed);
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] = (ulong)random.NextInt64();
        }

        _sizeBytes = Encode();
    }

    [Benchmark(OperationsPerInvoke = BitCount)]
    public int Encode() => BitmapCodec.Encode(_words, BitCount, _target);

    [Benchmark(OperationsPerInvoke = BitCount)]
    public bool Decode() => BitmapCodec.TryDecode(_target.AsSpan(0, _sizeBytes), BitCount, _decoded);
}
