using System.Globalization;
using System.Text;
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
    private const int Seed = 5;

    private static readonly string[] _fields =
    [
        "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq",
        "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice",
    ];

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
    public void Setup()
    {
        Random random = new(Seed);
        StringBuilder text = new();
        for (int row = 0; row < RowCount; row++)
        {
            int host = row % SeriesCount;
            text.Append(CultureInfo.InvariantCulture,
                $"cpu,hostname=host_{host},region=eu-central-1,datacenter=eu-central-1a,rack={host % 100}");
            text.Append(CultureInfo.InvariantCulture,
                $",os=Ubuntu15.10,arch=x64,team=SF,service={host % 20},service_version=1");
            text.Append(",service_environment=test");
            for (int field = 0; field < _fields.Length; field++)
            {
                text.Append(field == 0 ? ' ' : ',').Append(_fields[field]).Append('=');
                text.Append(Values == "integer"
                    ? random.Next(101).ToString(CultureInfo.InvariantCulture) + "i"
                    : (random.Next(100_000) / 1000m).ToString("F3", CultureInfo.InvariantCulture));
            }

            long timestampNs = 1_451_606_400_000_000_000 + (row / SeriesCount * 10_000_000_000);
            text.Append(CultureInfo.InvariantCulture, $" {timestampNs}\n");
        }

        _text = Encoding.UTF8.GetBytes(text.ToString());
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public int Parse()
    {
        _batch.Clear();
        LineProtocolOptions options = new(TimestampPrecision.Nanosecond, 0, LineProtocolLimits.Default);
        return _parser.Parse(_text, 1, options, _batch, _rejects);
    }
}
