using BenchmarkDotNet.Attributes;
using Tsdb.Core;
using Tsdb.Ingest.Parse;

namespace Tsdb.Bench.Micro.Parsing;

/// <summary>
/// Line protocol to a sample batch: TSBS's cpu rows, 10 tags and 10 fields, 16 k rows a text.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class LineProtocolBenchmark
{
    private const int RowCount = 16_384;

    private readonly LineProtocolParser _parser = new();
    private readonly SampleBatch _batch = new();
    private readonly RejectLog _rejects = new();
    private byte[] _text = [];

    /// <summary>How the fields are written.</summary>
    [Params("integer", "3 decimals")]
    public string Values { get; set; } = "";

    /// <summary>Hosts in turn.</summary>
    [Params(100, 4_000, 16_000)]
    public int SeriesCount { get; set; }

    [GlobalSetup]
    public void Setup() => _text = CpuLines.Dense(RowCount, SeriesCount, Values);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int Parse()
    {
        _batch.Clear();
        LineProtocolOptions options = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
        return _parser.Parse(_text, 1, options, _batch, _rejects);
    }
}
