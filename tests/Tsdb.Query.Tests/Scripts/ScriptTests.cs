using System.Text;

namespace Tsdb.Query.Tests.Scripts;

/// <summary>Runs tests/scripts: the same answers whether rows lie in memory, in segments, or came late and
/// mixed up.</summary>
public sealed class ScriptTests
{
    private const int Seed = 20161;

    private static readonly string _directory = Path.Combine(AppContext.BaseDirectory, "scripts");

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(_directory, "*.test").Select(path => Path.GetFileName(path)).Order()];

    // A script may write as well: each variant has a database of its own.
    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_script_gives_its_rows_from_memory(string name)
    {
        Script script = Script.Read(Path.Combine(_directory, name));
        await using TestDatabase database = new();
        await database.WriteAsync(script.Lines);
        await database.WriteJudgedAsync(script.Judged);
        await CheckAsync(script, database, "memory");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_script_gives_its_rows_from_segments(string name)
    {
        Script script = Script.Read(Path.Combine(_directory, name));
        await using TestDatabase database = new();
        await database.WriteAsync(script.Lines);
        await database.WriteJudgedAsync(script.Judged);
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        await CheckAsync(script, database, "segments");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_script_gives_its_rows_when_they_came_late_and_in_any_order(string name)
    {
        Script script = Script.Read(Path.Combine(_directory, name));
        string[] lines = [.. script.Lines];
        new Random(Seed).Shuffle(lines);
        await using TestDatabase database = new();
        await database.WriteAsync(lines[..(lines.Length / 2)]);
        await database.WriteJudgedAsync(script.Judged);
        await database.Storage.FlushAsync(TestContext.Current.CancellationToken);
        await database.WriteAsync(lines[(lines.Length / 2)..]);
        await CheckAsync(script, database, $"late, seed {Seed}");
    }

    private static async Task CheckAsync(Script script, TestDatabase database, string variant)
    {
        StringBuilder failures = new();
        foreach (ScriptCase test in script.Cases)
        {
            string expected = test.Rows is null ? $"error {test.Error}" : string.Join('\n', test.Rows);
            string actual = await RunAsync(test, database);
            if (test.Rows is null ? !IsSameError(test.Error!, actual) : expected != actual)
            {
                failures.Append(
                    $"\n{script.Name}:{test.LineNumber} ({variant})\n{test.Sql}\n"
                    + $"-- expected\n{expected}\n-- actual\n{actual}\n");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static async Task<string> RunAsync(ScriptCase test, TestDatabase database)
    {
        try
        {
            List<string> rows = await database.RunAsync(test.Sql);
            if (!test.IsOrdered)
            {
                rows.Sort(StringComparer.Ordinal);
            }

            return string.Join('\n', rows);
        }
        catch (SqlException error)
        {
            return $"error {error.Line}:{error.Column} {error.Detail} [{error.Hint}]";
        }
    }

    private static bool IsSameError(string expected, string actual)
    {
        string place = expected[..expected.IndexOf(' ', StringComparison.Ordinal)];
        return actual.StartsWith($"error {place} ", StringComparison.Ordinal)
            && actual.Contains(expected[(place.Length + 1)..], StringComparison.Ordinal);
    }
}
