using System.Collections.Concurrent;
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
    private const int MutantSeedCountMax = 50;

    [Fact]
    public void No_history_loses_or_invents_a_row()
    {
        int from = int.Parse(
            Environment.GetEnvironmentVariable("TSDB_SEED_FROM") ?? "1", CultureInfo.InvariantCulture);
        int[] seeds = [.. Seeds.First(UsualCount).Select(seed => seed + from - 1)];
        HistoryTally tally = new();
        ConcurrentBag<string> failures = [];
        ParallelOptions options = new()
        {
            MaxDegreeOfParallelism = int.Parse(
                Environment.GetEnvironmentVariable("TSDB_JOBS") ?? $"{Environment.ProcessorCount}",
                CultureInfo.InvariantCulture),
            CancellationToken = TestContext.Current.CancellationToken,
        };
        Parallel.ForEach(seeds, options, seed =>
        {
            try
            {
                tally.Add(SeededHistory.Run(seed).Tally);
            }
            catch (HistoryFailedException failure)
            {
                failures.Add(failure.ToString());
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{seeds.Length} histories, {failures.Count} failed; {tally}");
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures.Take(10)));
        HistoryEvent[] never = [.. Enum.GetValues<HistoryEvent>().Where(found => tally[found] == 0)];
        Assert.True(seeds.Length < UsualCount || never.Length == 0, $"never: {string.Join(", ", never)}");
    }

    [Theory]
    [InlineData(Mutation.AcknowledgesUnsynced)]
    [InlineData(Mutation.LogSyncLies)]
    [InlineData(Mutation.NamesNotSynced)]
    [InlineData(Mutation.LogWriteDropped)]
    [InlineData(Mutation.ReadsFlipped)]
    [InlineData(Mutation.RowsInvented)]
    [InlineData(Mutation.OrderSwapped)]
    internal void A_broken_database_is_found_out(Mutation mutation)
    {
        for (int seed = 1; seed <= MutantSeedCountMax; seed++)
        {
            try
            {
                SeededHistory.Run(seed, mutation);
            }
            catch (HistoryFailedException failure)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"{mutation} by seed {seed}: {failure.Message}");
                return;
            }
        }

        Assert.Fail($"{mutation} was not found out by {MutantSeedCountMax} seeds");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(23)]
    [InlineData(42)]
    public void One_seed_is_one_history(int seed)
    {
        HistoryResult first = SeededHistory.Run(seed);
        HistoryResult second = SeededHistory.Run(seed);
        Assert.Equal(first.CallHash, second.CallHash);
        Assert.Equal($"{first.Tally}", $"{second.Tally}");
    }
}
