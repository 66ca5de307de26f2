using System.Globalization;
using System.Text;

namespace Tsdb.Bench.Micro.Parsing;

/// <summary>TSBS's cpu rows as line protocol: 10 tags, 10 fields, hosts in turn every 10 s, from a fixed
/// seed.</summary>
internal static class CpuLines
{
    public const string TableName = "cpu";
    public const long StepNs = 10_000_000_000;
    public const long FirstTimestampNs = 1_451_606_400_000_000_000;

    private const int Seed = 5;

    private static readonly string[] _fields =
    [
        "usage_user", "usage_system", "usage_idle", "usage_nice", "usage_iowait", "usage_irq",
        "usage_softirq", "usage_steal", "usage_guest", "usage_guest_nice",
    ];

    /// <summary>Keys of a host's tags.</summary>
    public static IReadOnlyList<string> TagKeys { get; } =
    [
        "hostname", "region", "datacenter", "rack", "os", "arch", "team", "service", "service_version",
        "service_environment",
    ];

    /// <summary>Their values.</summary>
    public static string[] TagValuesOf(int host) =>
    [
        $"host_{host}", "eu-central-1", "eu-central-1a", $"{host % 100}", "Ubuntu15.10", "x64", "SF",
        $"{host % 20}", "1", "test",
    ];

    /// <summary>Every row has every field.</summary>
    public static byte[] Dense(int rowCount, int seriesCount, string values) =>
        Create(rowCount, seriesCount, values, static (_, _) => true);

    /// <summary>Every row lacks another third of the fields.</summary>
    public static byte[] Sparse(int rowCount, int seriesCount, string values) =>
        Create(rowCount, seriesCount, values, static (row, field) => (row + field) % 3 != 0);

    private static byte[] Create(int rowCount, int seriesCount, string values, Func<int, int, bool> isPresent)
    {
        Random random = new(Seed);
        StringBuilder text = new();
        for (int row = 0; row < rowCount; row++)
        {
            int host = row % seriesCount;
            text.Append(TableName);
            foreach ((string key, string value) in TagKeys.Zip(TagValuesOf(host)))
            {
                text.Append(',').Append(key).Append('=').Append(value);
            }

            char separator = ' ';
            for (int field = 0; field < _fields.Length; field++)
            {
                if (!isPresent(row, field))
                {
                    continue;
                }

                text.Append(separator).Append(_fields[field]).Append('=');
                text.Append(values == "integer"
                    ? random.Next(101).ToString(CultureInfo.InvariantCulture) + "i"
                    : (random.Next(100_000) / 1000m).ToString("F3", CultureInfo.InvariantCulture));
                separator = ',';
            }

            long timestampNs = FirstTimestampNs + (row / seriesCount * StepNs);
            text.Append(CultureInfo.InvariantCulture, $" {timestampNs}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
