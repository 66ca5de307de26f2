using System.Globalization;

namespace Tsdb.Query.Tests;

/// <summary>Rows made from a seed, as line protocol and as objects for a naive evaluation.</summary>
internal sealed class RandomRows
{
    private readonly Random _random;

    public RandomRows(int seed, int seriesCount, int rowsPerSeries)
    {
        _random = new Random(seed);
        for (int series = 0; series < seriesCount; series++)
        {
            AddSeries(series, rowsPerSeries);
        }
    }

    public List<RandomRow> Rows { get; } = [];

    public IEnumerable<string> Lines => Rows.Select(ToLine);

    private void AddSeries(int series, int rowCount)
    {
        long timestampNs = _random.Next(1000) * 1_000_000_000L;
        double walk = 50;
        for (int i = 0; i < rowCount; i++)
        {
            // Mostly a steady clock, now and then a hole of up to a quarter of an hour.
            timestampNs += _random.Next(100) == 0 ? _random.NextInt64(900_000_000_000) + 1 : 10_000_000_000;
            walk += _random.Next(-20, 21) / 10.0;
            bool isFull = series % 3 == 0;
            Rows.Add(new RandomRow(
                $"h{series}",
                series % 4 == 3 ? null : $"r{series % 3}",
                timestampNs,
                isFull || _random.Next(10) > 0 ? Math.Round(walk, 1) : null,
                isFull || _random.Next(5) > 0 ? _random.Next(-1000, 1000) : null));
        }
    }

    private static string ToLine(RandomRow row)
    {
        List<string> fields = ["k=1i"];
        if (row.X is { } x)
        {
            fields.Add(string.Create(CultureInfo.InvariantCulture, $"x={x}"));
        }

        if (row.N is { } n)
        {
            fields.Add(string.Create(CultureInfo.InvariantCulture, $"n={n}i"));
        }

        string region = row.Region is null ? "" : $",region={row.Region}";
        return $"t,host={row.Host}{region} {string.Join(',', fields)} {row.TimestampNs}";
    }
}
