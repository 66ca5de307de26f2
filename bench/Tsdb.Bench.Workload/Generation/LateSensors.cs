namespace Tsdb.Bench.Workload.Generation;

/// <summary>
/// Sensors that send one reading a second, of which a share is late by a random time up to a longest one, as
/// after an outage of the line or with devices that upload what they have kept. A reading follows from its
/// sensor and its time alone, so the data are of one kind however late they are.
/// </summary>
internal sealed class LateSensors(int sensorCount, int secondCount, double latePercent, long latenessMs)
{
    /// <summary>The first arrival: 2023-11-14T22:13:20Z.</summary>
    public const long FirstMs = 1_700_000_000_000;

    private const ulong Seed = 90_210;

    /// <summary>Tag values of each sensor, in the order of <see cref="MixedSensors.TagKeys"/>.</summary>
    public string[][] Tags { get; } =
    [
        .. Enumerable.Range(0, sensorCount).Select(static sensor => new[]
        {
            $"site_{sensor % 10}", $"m_{sensor / 10:D3}", $"s_{sensor:D4}", "temp",
        }),
    ];

    /// <summary>Calls <paramref name="row"/> for each row in order of arrival.</summary>
    public void Generate(SensorRow row)
    {
        SplitMix64 random = new(Seed);
        for (int second = 0; second < secondCount; second++)
        {
            for (int sensor = 0; sensor < sensorCount; sensor++)
            {
                long timestampMs = FirstMs + (1000L * second);
                if (random.NextUnit() * 100 < latePercent)
                {
                    timestampMs -= 1000 + (long)(random.NextUnit() * latenessMs);
                }

                row(sensor, timestampMs, ValueOf(sensor, timestampMs));
            }
        }
    }

    /// <summary>A slow wave with two decimals, the last of them noise.</summary>
    private static double ValueOf(int sensor, long timestampMs)
    {
        double wave = 20 + (5 * Math.Sin((timestampMs / 600_000.0) + sensor));
        ulong noise = new SplitMix64((ulong)(timestampMs * 1009) ^ (ulong)sensor).Next() % 10;
        return Math.Round((wave * 10) + (noise / 10.0), 1, MidpointRounding.AwayFromZero) / 10;
    }
}
