using System.Text;
using Tsdb.Bench.Workload.Commands;
using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Queries;
using Tsdb.Bench.Workload.Tiers;

namespace Tsdb.Bench.Workload.Tests;

/// <summary>What <c>workload rollups</c> takes and says.</summary>
public sealed class TierTests
{
    private static readonly WorkloadQuery[] _queries = [new("count", "SELECT 1 AS n")];

    [Fact]
    public void Without_options_there_is_a_week_of_twenty_hosts()
    {
        TierOptions options = new(new Arguments(["rollups"]));
        Assert.Equal((20, 7 * 24 * 360), (options.HostCount, options.StepCount));
        Assert.Equal((2, 5, 16), (options.RoundCount, options.RepeatCount, options.MemtableMebibytes));
        Assert.Equal("", options.Name);
    }

    [Fact]
    public void Options_are_taken_by_their_names()
    {
        TierOptions options = new(new Arguments(
            "rollups --hosts 3 --steps 9 --rounds 1 --repeats 2 --memtable 4 --name tiers".Split(' ')));
        Assert.Equal((3, 9), (options.HostCount, options.StepCount));
        Assert.Equal((1, 2, 4), (options.RoundCount, options.RepeatCount, options.MemtableMebibytes));
        Assert.Equal("tiers", options.Name);
    }

    [Theory]
    [InlineData("--hosts 0", "--hosts must be 1 or more, not 0")]
    [InlineData("--rounds -1", "--rounds must be 1 or more, not -1")]
    [InlineData("--tiers 1h", "unknown option --tiers; see 'workload help'")]
    public void Options_that_measure_nothing_are_refused(string words, string reason)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => RollupsCommand.Run(new Arguments(["rollups", .. words.Split(' ')])));
        Assert.Equal(reason, refused.Message);
    }

    [Fact]
    public void Medians_stand_beside_each_other_with_their_ratios()
    {
        TierTables tables = Tables(tierAnswer: 7);
        Assert.Equal(
            """
            | query | groups | rows ms | tiers ms | ratio | rows CPU ms | tiers CPU ms | ratio |
            | ----- | -----: | ------: | -------: | ----: | ----------: | -----------: | ----: |
            | count |      1 |   20.00 |     0.50 | 40.00 |       30.00 |         0.00 |     - |

            """,
            tables.Times().ToString());
        Assert.Equal(
            """
            | query |      rows | by tiers | blocks | by tiers | bytes | by tiers |
            | ----- | --------: | -------: | -----: | -------: | ----: | -------: |
            | count | 1,000,000 |       12 |    250 |        1 | 9,000 |       40 |

            """,
            tables.Reads().ToString());
        Assert.Equal(
            """
            | load                                   | without tiers | with tiers | ratio |
            | -------------------------------------- | ------------: | ---------: | ----: |
            | rows a second, acknowledged            |     1,000,000 |    900,000 |  0.90 |
            | CPU s, until acknowledged              |          2.00 |       2.50 |  1.25 |
            | CPU s, until flushed, merged and built |          4.00 |       6.00 |  1.50 |
            | bytes written to the device            |         2,000 |      2,200 |  1.10 |
            | bytes stored in the end                |         1,000 |      1,030 |  1.03 |

            """,
            tables.Ingest().ToString());
        Assert.Equal(
            """
            | tier | buckets | files | bytes | of the bytes without tiers |
            | ---- | ------: | ----: | ----: | -------------------------: |
            | 1h   |   3,360 |    16 |    30 |                      3.0 % |

            """,
            tables.Sizes().ToString());
    }

    [Fact]
    public void An_answer_of_tiers_that_differs_is_named()
    {
        Assert.Empty(Tables(tierAnswer: 7).FindDifferences());
        Assert.Equal(
            ["count after late rows: n is 8, not 7, in the row of 7"],
            Tables(tierAnswer: 8).FindDifferences());
        Assert.Equal(
            """
            | answers after | compared | different | rows read | by tiers |  ratio |
            | ------------- | -------: | --------: | --------: | -------: | -----: |
            | the load      |        1 |         0 |     1,000 |       10 | 100.00 |
            | late rows     |        1 |         1 |     1,000 |       20 |  50.00 |

            """,
            Tables(tierAnswer: 8).Answers().ToString());
    }

    [Fact]
    public void Tiers_and_reads_are_read_from_the_servers_replies()
    {
        Answer state = new(
            ["table", "every", "rows", "files", "stale_files", "bytes"],
            [["cpu", "1m", 10L, 2L, 1L, 99L], ["cpu", "1h", 1L, 1L, 0L, 9L]]);
        Assert.Equal(
            [new TierState("1m", 10, 2, 1, 99), new TierState("1h", 1, 1, 0, 9)], TierRun.ReadStates(state));
        byte[] json = """
            {"columns":[],"rows":[],"stats":{"rows":0,"rowsRead":5,"blocksRead":4,"bytesRead":3}}
            """u8.ToArray();
        Assert.Equal(new QueryReads(5, 4, 3), QueryReads.Of(json));
    }

    [Fact]
    public void Rows_come_late_between_others_and_in_their_place_and_some_are_deleted()
    {
        TierEdits edits = new(new CpuHosts(hostCount: 2, stepCount: 400));
        string[] lines = Encoding.UTF8.GetString(edits.LateLines()).TrimEnd('\n').Split('\n');
        Assert.Equal(2 * 200, lines.Length);
        Assert.StartsWith("cpu,hostname=host_0,region=", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("usage_guest_nice=1009i 1451608400000000000", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("usage_guest_nice=1010i 1451608415000000000", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            "DELETE FROM cpu WHERE hostname = 'host_0' AND ts >= '2016-01-01T00:16:41Z' "
            + "AND ts < '2016-01-01T00:25:01Z'",
            edits.DeleteSql());
    }

    [Fact]
    public void The_queries_mean_the_same_to_another_engine()
    {
        using DuckDatabase duck = new();
        duck.Load(new CpuHosts(hostCount: 2, stepCount: 400));
        Assert.Equal(
            [1, 2, 4, 4, 2, 1, 2, 67],
            TierQueries.Create().Select(query => duck.Query(query.DuckSql).Rows.Count));
    }

    private static TierTables Tables(long tierAnswer) => new(
        _queries,
        [Figures(3, 10, 30, 5), Figures(1, 30, 30, 3)],
        [
            new(900_000, 2.5, 6, 2200, 1030, [new("1h", 3360, 16, 0, 30)],
                [new(0.5, 0, new QueryReads(12, 1, 40))],
                [new("the load", [One(7)], 10), new("late rows", [One(tierAnswer)], 20)]),
        ]);

    private static TierFigures Figures(double cpu, double ms, double cpuMs, double settled) => new(
        1_000_000, cpu, settled, 2000, 1000, [],
        [new(ms, cpuMs, new QueryReads(1_000_000, 250, 9000))],
        [new("the load", [One(7)], 1000), new("late rows", [One(7)], 1000)]);

    private static Answer One(long value) => new(["n"], [[value]]);
}
