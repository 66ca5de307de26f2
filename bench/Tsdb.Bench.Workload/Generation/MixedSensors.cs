namespace Tsdb.Bench.Workload.Generation;

/// <summary>
/// Workload B: each sensor sends one double a second, timestamps in ms with ±20 ms of jitter. By turns: a
/// random
/// walk with two decimals, a noisy sine in full precision, a setpoint that seldom moves, a counter. With a
/// late
/// share (workload BL) that part of the points arrives up to an hour late, and order within an arrival second
/// is
/// shuffled; the points themselves are the same.
/// </summary>
internal sealed class MixedSensors
{
    public const long FirstMs = 1_700_000_000_000; // 2023-11-14T22:13:20Z
    public const int LateSecondsMax = 3600;

    public static readonly string[] TagKeys = ["site", "machine", "sensor", "kind"];

    private const ulong Seed = 77_001;
    private const ulong LatenessSeed = 4242; // a stream of its own: the same values in both variants

    private static readonly string[] _kinds = ["temp", "vibration", "setpoint", "counter"];

    private readonly Xoshiro256 _random = new(Seed);
    private readonly SplitMix64 _lateness = new(LatenessSeed);
    private readonly double[] _levels;
    private readonly double[] _frequencies;
    private readonly double[] _phases;

    public MixedSensors(int sensorCount, int secondCount, int latePercent)
    {
        SensorCount = sensorCount;
        SecondCount = secondCount;
        LatePercent = latePercent;
        Tags = new string[sensorCount][];
        _levels = new double[sensorCount];
        _frequencies = new double[sensorCount];
        _phases = new double[sensorCount];
        for (int sensor = 0; sensor < sensorCount; sensor++)
        {
            int kind = sensor % _kinds.Length;
            Tags[sensor] = [$"site_{sensor % 10}", $"m_{sensor / 10:D3}", $"s_{sensor:D4}", _kinds[kind]];
            _levels[sensor] = kind switch
            {
                0 => 15 + (_random.NextUnit() * 60),
                2 => 20 + (5 * _random.NextBelow(20)),
                3 => _random.NextBelow(10_000_000),
                _ => 0,
            };
            _frequencies[sensor] = 0.01 + (_random.NextUnit() * 0.2);
            _phases[sensor] = _random.NextUnit() * 6.28;
        }
    }

    public int SensorCount { get; }

    public int SecondCount { get; }

    public int LatePercent { get; }

    /// <summary>Tag values of each sensor, in the order of <see cref="TagKeys"/>.</summary>
    public string[][] Tags { get; }

    /// <summary>Calls <paramref name="row"/> for each row in order of arrival. Once per instance.</summary>
    public void Generate(SensorRow row)
    {
        int arrivalCount = LatePercent > 0 ? SecondCount + LateSecondsMax + 1 : SecondCount;
        Dictionary<int, List<Reading>> arrivals = [];
        for (int second = 0; second < arrivalCount; second++)
        {
            for (int sensor = 0; sensor < SensorCount && second < SecondCount; sensor++)
            {
                double value = NextValue(sensor, second);
                long timestampMs = FirstMs + (1000L * second) + _random.NextBelow(41) - 20;
                if (LatePercent == 0)
                {
                    row(sensor, timestampMs, value);
                    continue;
                }

                int arrival = second + DrawDelaySeconds();
                if (!arrivals.TryGetValue(arrival, out List<Reading>? queue))
                {
                    arrivals[arrival] = queue = [];
                }

                queue.Add(new Reading(sensor, timestampMs, value));
            }

            if (arrivals.Remove(second, out List<Reading>? arrived))
            {
                Shuffle(arrived);
                foreach (Reading reading in arrived)
                {
                    row(reading.Sensor, reading.TimestampMs, reading.Value);
                }
            }
        }
    }

    private double NextValue(int sensor, int second)
    {
        switch (sensor % _kinds.Length)
        {
            case 0:
                _levels[sensor] += _random.NextNormal() * 0.05;
                return Math.Round(_levels[sensor] * 100, MidpointRounding.AwayFromZero) / 100;
            case 1:
                double angle = (Math.Tau * _frequencies[sensor] * second) + _phases[sensor];
                return (2.5 * Math.Sin(angle)) + (0.3 * _random.NextNormal());
            case 2:
                if (_random.NextBelow(2000) == 0)
                {
                    _levels[sensor] = 20 + (5 * _random.NextBelow(20));
                }

                return _levels[sensor];
            default:
                _levels[sensor] += _random.NextBelow(21);
                return _levels[sensor];
        }
    }

    private int DrawDelaySeconds() =>
        _lateness.NextUnit() * 100 < LatePercent ? 1 + (int)(_lateness.NextUnit() * LateSecondsMax) : 0;

    private void Shuffle(List<Reading> readings)
    {
        for (int i = readings.Count - 1; i > 0; i--)
        {
            int other = (int)(_lateness.NextUnit() * (i + 1));
            (readings[i], readings[other]) = (readings[other], readings[i]);
        }
    }

    private readonly record struct Reading(int Sensor, long TimestampMs, double Value);
}
