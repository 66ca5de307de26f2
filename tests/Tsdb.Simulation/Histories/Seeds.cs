using System.Globalization;

namespace Tsdb.Simulation.Histories;

/// <summary>The seeds of a test; <c>TSDB_SEED</c> asks for one alone, <c>TSDB_SEED_COUNT</c> for
/// more.</summary>
internal static class Seeds
{
    public static IEnumerable<int> First(int count)
    {
        string? seed = Environment.GetEnvironmentVariable("TSDB_SEED");
        string wantedCount = Environment.GetEnvironmentVariable("TSDB_SEED_COUNT") ?? $"{count}";
        return seed is not null
            ? [int.Parse(seed, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, int.Parse(wantedCount, CultureInfo.InvariantCulture));
    }
}
