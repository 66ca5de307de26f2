using BenchmarkDotNet.Attributes;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>Checksums of a column chunk, a page and a WAL frame.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class Crc32CBenchmark
{
    private readonly byte[] _bytes = new byte[1 << 20];

    /// <summary>Bytes summed.</summary>
    [Params(300, 4096, 1 << 20)]
    public int SizeBytes { get; set; }

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_bytes.AsSpan(0, SizeBytes));
}
