using System.Globalization;
using Tsdb.Simulation.Histories;
using Tsdb.Simulation.Seeded;

namespace Tsdb.Simulation;

/// <summary>
/// Histories on one thread, each wholly decided by its seed: interleavings, faults, crashes, time. A failing
/// seed stands in the message; <c>TSDB_SEED</c> runs one alone, <c>TSDB_SEED_FROM</c> and
/// <c>TSDB_SEED_COUNT</c> a range, as <c>./test.sh --long simulation</c> does.
/// </summary>
public sealed class SeededHistoryTests
{
    private const int UsualCount = 400;

    [Fact]
    public void No_history_loses_or_invents_a_row()
    {
        int from = int.Parse(
            Environment.GetEnvironmentVariable("TSDB_SEED_FROM") ?? "1", CultureInfo.InvariantCulture);
        int[] seeds = [.. Seeds.First(UsualCount).Select(seed => seed + from - 1)];
        long cutCount = 0;
        long faultCount = 0;
        List<string> failures = [];
        ParallelOptions options = new()
        {
            MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount),
            CancellationToken = TestContext.Current.CancellationToken,
        };
        Parallel.ForEach(seeds, options, seed =>
        {
            try
            {
                HistoryResult result = SeededHistory.Run(seed);
                Interlocked.Add(ref cutCount, result.CutCount);
                Interlocked.Add(ref faultCount, result.FaultCount);
            }
            catch (HistoryFailedException failure)
            {
                lock (failures)
                {
                    failures.Add(failure.ToString());
                }
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{seeds.Length} histories, {cutCount} crashes, {faultCount} faults, {failures.Count} failed");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Take(10)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(23)]
    [InlineData(42)]
    public void One_seed_is_one_history(int seed) =>
        Assert.Equal(SeededHistory.Run(seed), SeededHistory.Run(seed));
}
