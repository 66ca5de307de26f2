namespace Tsdb.Bench.Workload.Generation;

/// <summary>
/// Workload A, the TSBS cpu-only shape: every 10 s each host sends one row of ten integers, clamped random
/// walks in
/// 0 … 100, under ten tags. The same seed gives the same rows on every run.
/// </summary>
internal sealed class CpuHosts
{
    public const long FirstSecond = 1_451_606_400; // 2016-01-01T00:00:00Z
    public const int StepSeconds = 10;

    public static readonly string[] TagKeys =
    [
        "hostname", "region", "datacenter", "rack", "os", "arch", "team", "service", "service_version",
        "service_environment",
    ];

    public static readonly string[] Fields =
    [
        "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq",
        "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice",
    ];

    private const ulong Seed = 20_160_101;

    private static readonly string[] _regions =
    [
        "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1",
        "ap-southeast-2", "ap-northeast-1", "sa-east-1",
    ];

    private static readonly string[] _systems = ["Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"];
    private static readonly string[] _architectures = ["x64", "x86"];
    private static readonly string[] _teams = ["SF", "NYC", "LON", "CHI"];
    private static readonly string[] _environments = ["production", "staging", "test"];

    private readonly Xoshiro256 _random = new(Seed);
    private readonly double[] _levels;

    public CpuHosts(int hostCount, int stepCount)
    {
        HostCount = hostCount;
        StepCount = stepCount;
        Tags = new string[hostCount][];
        _levels = new double[hostCount * Fields.Length];
        for (int host = 0; host < hostCount; host++)
        {
            Tags[host] = DrawTags(host);
            for (int field = 0; field < Fields.Length; field++)
            {
                _levels[(host * Fields.Length) + field] = _random.NextUnit() * 100;
            }
        }
    }

    public int HostCount { get; }

    public int StepCount { get; }

    /// <summary>Tag values of each host, in the order of <see cref="TagKeys"/>.</summary>
    public string[][] Tags { get; }

    /// <summary>Calls <paramref name="row"/> for each row: by time, within a time by host. Once per
    /// instance.</summary>
    public void Generate(CpuRow row)
    {
        Span<long> values = stackalloc long[Fields.Length];
        for (int step = 0; step < StepCount; step++)
        {
            long timestampNs = (FirstSecond + ((long)StepSeconds * step)) * 1_000_000_000;
            for (int host = 0; host < HostCount; host++)
            {
                Span<double> levels = _levels.AsSpan(host * Fields.Length, Fields.Length);
                for (int field = 0; field < levels.Length; field++)
                {
                    levels[field] = Math.Clamp(levels[field] + _random.NextNormal(), 0, 100);
                    values[field] = (long)levels[field];
                }

                row(host, timestampNs, values);
            }
        }
    }

    private string[] DrawTags(int host)
    {
        string region = _regions[_random.NextBelow(_regions.Length)];
        return
        [
            $"host_{host}",
            region,
            region + (char)('a' + _random.NextBelow(3)),
            $"{_random.NextBelow(100)}",
            _systems[_random.NextBelow(_systems.Length)],
            _architectures[_random.NextBelow(_architectures.Length)],
            _teams[_random.NextBelow(_teams.Length)],
            $"{_random.NextBelow(20)}",
            $"{_random.NextBelow(2)}",
            _environments[_random.NextBelow(_environments.Length)],
        ];
    }
}
