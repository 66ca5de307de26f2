using System.Globalization;

namespace Tsdb.Bench.Workload.Reports;

/// <summary>One figure over several rounds.</summary>
internal sealed class Statistic(IEnumerable<double> values)
{
    private readonly double[] _sorted = [.. values.Order()];

    public double Median => _sorted.Length % 2 == 1
        ? _sorted[_sorted.Length / 2]
        : (_sorted[(_sorted.Length / 2) - 1] + _sorted[_sorted.Length / 2]) / 2;

    /// <summary>Median, and the range where there is more than one round.</summary>
    public string Show(string format)
    {
        if (double.IsNaN(Median))
        {
            return "unknown";
        }

        string median = Median.ToString(format, CultureInfo.InvariantCulture);
        if (_sorted.Length == 1)
        {
            return median;
        }

        string lowest = _sorted[0].ToString(format, CultureInfo.InvariantCulture);
        string highest = _sorted[^1].ToString(format, CultureInfo.InvariantCulture);
        return $"{median} ({lowest}–{highest})";
    }
}
