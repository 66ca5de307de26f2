using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>The launcher and its commands, as an operator types them.</summary>
public sealed class CommandLineTests(SharedServer server)
{
    [Fact]
    public async Task The_version_is_printed()
    {
        ProcessOutcome outcome = await RunAsync("--version");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", outcome.Output);
    }

    [Theory]
    [InlineData("--help", "serve", "sql", "check", "admin")]
    [InlineData("serve --help", "--data", "--http-port", "--grpc-port", "--ilp-port", "--config")]
    [InlineData("sql --help", "--execute", "--format", "--url", "--database")]
    public async Task Help_names_what_there_is(string arguments, params string[] names)
    {
        ProcessOutcome outcome = await RunAsync(arguments.Split(' '));
        Assert.Equal(0, outcome.ExitCode);
        Assert.All(names, name => Assert.Contains(name, outcome.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nosuch", "nosuch")]
    [InlineData("serve --nosuch", "--nosuch")]
    [InlineData("serve", "--data")]
    [InlineData("serve --data x --http-port 70000", "70000")]
    public async Task A_wrong_command_is_refused_with_its_reason(string arguments, string reason)
    {
        ProcessOutcome outcome = await RunAsync(arguments.Split(' '));
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(reason, outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sql_prints_a_table_CSV_or_JSON()
    {
        await server.WriteAsync("cli", "t,host=a v=1.5,s=\"x,y\" 1\nt,host=b v=2 2\n");
        ProcessOutcome table = await SqlAsync("SELECT ts, host, v, s FROM t ORDER BY ts");
        Assert.Equal(0, table.ExitCode);
        string[] lines = table.Output.Split('\n');
        Assert.Equal("ts                             | host | v   | s", lines[0]);
        Assert.Equal("-------------------------------+------+-----+-----", lines[1]);
        Assert.Equal("1970-01-01T00:00:00.000000001Z | a    | 1.5 | x,y", lines[2]);
        Assert.Equal("1970-01-01T00:00:00.000000002Z | b    | 2   | NULL", lines[3]);

        ProcessOutcome csv = await SqlAsync("SELECT ts, host, v, s FROM t ORDER BY ts", "--format", "csv");
        Assert.Equal(
            "ts,host,v,s\n1970-01-01T00:00:00.000000001Z,a,1.5,\"x,y\"\n"
            + "1970-01-01T00:00:00.000000002Z,b,2,\n",
            csv.Output);
        ProcessOutcome json = await SqlAsync("SELECT host, v FROM t ORDER BY ts", "--format", "json");
        Assert.Equal("{\"host\":\"a\",\"v\":1.5}\n{\"host\":\"b\",\"v\":2}\n", json.Output);
    }

    [Fact]
    public async Task A_wrong_statement_points_at_its_place_and_fails()
    {
        await server.WriteAsync("cli", "t,host=a v=1.5,s=\"x,y\" 1\n");
        ProcessOutcome outcome = await SqlAsync("SELECT 1 +* 2");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("SELECT 1 +* 2", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("^", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        ProcessOutcome outcome = await RunAsync("sql", "-e", "SELECT 1", "--url", "http://127.0.0.1:1");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("127.0.0.1:1", outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_flushes_compacts_and_tells_what_is_stored()
    {
        await server.WriteAsync("cli_admin", "t v=1 1\nt v=2 2\n");
        ProcessOutcome before = await AdminAsync("stats");
        Assert.Equal(0, before.ExitCode);
        Assert.Contains("cli_admin\tsegments\t0\n", before.Output, StringComparison.Ordinal);
        Assert.Contains("cli_admin\tstorage_rows_total\t2\n", before.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await AdminAsync("flush")).ExitCode);
        ProcessOutcome after = await AdminAsync("stats");
        Assert.Contains("cli_admin\tsegments\t1\n", after.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await AdminAsync("compact")).ExitCode);
        Assert.Equal("[[1],[2]]", await server.QueryAsync("cli_admin", "SELECT v FROM t ORDER BY ts"));
    }

    private Task<ProcessOutcome> SqlAsync(string sql, params string[] more) =>
        RunAsync(["sql", "-e", sql, "-d", "cli", "--url", server.GrpcUrl, .. more]);

    private Task<ProcessOutcome> AdminAsync(string command) =>
        RunAsync("admin", command, "-d", "cli_admin", "--url", server.GrpcUrl);

    private static Task<ProcessOutcome> RunAsync(params string[] arguments) =>
        ForeignProcess.RunAsync(RepositoryFiles.Launcher, arguments);
}
