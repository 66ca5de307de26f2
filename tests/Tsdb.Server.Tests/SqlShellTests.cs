using Tsdb.Server.Cli;

namespace Tsdb.Server.Tests;

public sealed class SqlShellTests(RunningServer server) : IClassFixture<RunningServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_aligned_and_followed_by_its_row_count()
    {
        (bool succeeded, string output, _) = await RunAsync(
            ResultFormat.Table, "SELECT host, v FROM shell\nORDER BY ts;\n");
        Assert.True(succeeded);
        string[] lines = output.Split('\n');
        Assert.Equal(["host | v", "-----+-----", "a    | 1.5", "b,c  | NULL"], lines[..4]);
        Assert.StartsWith("2 rows in ", lines[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ResultFormat.Csv, "host,v\na,1.5\n\"b,c\",\n")]
    [InlineData(ResultFormat.Json, "{\"host\":\"a\",\"v\":1.5}\n{\"host\":\"b,c\",\"v\":null}\n")]
    internal async Task Other_formats_are_for_programs(ResultFormat format, string expected)
    {
        (_, string output, _) = await RunAsync(format, "SELECT host, v FROM shell ORDER BY ts");
        Assert.Equal(expected, output);
    }

    [Fact]
    public async Task A_mistake_is_pointed_at_and_the_script_goes_on()
    {
        (bool succeeded, string output, string errors) = await RunAsync(
            ResultFormat.Csv, "SELECT nosuch FROM shell;\nSELECT count(*) AS c FROM shell;\n");
        Assert.False(succeeded);
        Assert.Contains("SELECT nosuch FROM shell;\n         ^", errors, StringComparison.Ordinal);
        Assert.Equal("c\n2\n", output);
    }

    [Fact]
    public async Task Tables_are_described()
    {
        (_, string output, _) = await RunAsync(ResultFormat.Csv, "\\d\n\\d shell\n\\q\nnever run");
        Assert.Equal("shell\nhost  tag\nn  int64\nv  float64\n", output);
    }

    private async Task<(bool Succeeded, string Output, string Errors)> RunAsync(
        ResultFormat format, string script)
    {
        byte[] lines = "shell,host=a n=1i,v=1.5 1\nshell,host=b\\,c n=2i 2\n"u8.ToArray();
        await server.Client.WriteLinesAsync(lines, Stop);
        StringWriter output = new() { NewLine = "\n" };
        StringWriter errors = new() { NewLine = "\n" };
        SqlShell shell = new(server.Client, format, output, errors);
        bool succeeded = await shell.RunAsync(new StringReader(script), isInteractive: false, Stop);
        return (succeeded, output.ToString(), errors.ToString());
    }
}
