using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>The queries of TSBS on a small load: DuckDB computes every answer too.</summary>
public sealed class PeerAnswerTests
{
    [Fact]
    public async Task Every_TSBS_query_answers_as_DuckDB_does()
    {
        ProcessOutcome outcome = await ForeignProcess.RunAsync(
            RepositoryFiles.Program("Tsdb.Bench.Workload"),
            [
                "queries", "--check", "--workload", "A,B", "--hosts", "100",
                "--steps", "648", "--sensors", "50", "--seconds", "5000",
            ],
            deadline: TimeSpan.FromSeconds(90));
        Assert.True(outcome.ExitCode == 0, $"{outcome.Output}\n{outcome.Errors}");
        Assert.EndsWith("all answers agree\n", outcome.Output, StringComparison.Ordinal);
    }
}
