using Tsdb.Tidy.Rules;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy;

/// <summary>The rules about pages, projects and results find what they are there to find.</summary>
public sealed class PageRuleTests
{
    private const string Table = "| project | may reference | packages |\n|---|---|---|\n"
        + "| `Tsdb.Core` | nothing | none |\n| `Tsdb.Query` | `Tsdb.Core` | `Apache.Arrow` |\n";

    private static readonly RepositoryTree _tree = RepositoryTree.Open();

    [Theory]
    [InlineData("<ProjectReference Include=\"../Tsdb.Core/Tsdb.Core.csproj\" />", 0)]
    [InlineData("<ProjectReference Include=\"../../engine/Tsdb.Wal/Tsdb.Wal.csproj\" />", 1)]
    [InlineData("<PackageReference Include=\"Apache.Arrow\" />", 0)]
    [InlineData("<PackageReference Include=\"Dapper\" />", 1)]
    [InlineData("<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />", 1)]
    public void A_reference_outside_the_table_is_found(string reference, int expected)
    {
        SourceFile core = new("engine/Tsdb.Core/Tsdb.Core.csproj", "<Project />");
        SourceFile query = new("query/Tsdb.Query/Tsdb.Query.csproj", "<Project>\n" + reference);
        List<Violation> found = LayerRules.Check(new("docs/ARCHITECTURE.md", Table), [core, query]).ToList();
        Assert.Equal(expected, found.Count);
        Assert.All(found, violation => Assert.Equal((query.Path, 2), (violation.Path, violation.Line)));
    }

    [Fact]
    public void A_project_without_a_row_and_a_row_without_a_project_are_found()
    {
        SourceFile core = new("engine/Tsdb.Core/Tsdb.Core.csproj", "<Project />");
        SourceFile other = new("engine/Tsdb.Other/Tsdb.Other.csproj", "<Project />");
        SourceFile test = new("tests/Tsdb.Any.Tests/Tsdb.Any.Tests.csproj", "<Project />");
        List<Violation> found =
            LayerRules.Check(new("docs/ARCHITECTURE.md", Table), [core, other, test]).ToList();
        Assert.Equal([other.Path, "docs/ARCHITECTURE.md"], found.Select(violation => violation.Path));
    }

    [Theory]
    [InlineData("using Tsdb.Core;\nusing Tsdb.Storage.Codecs;\nusing Tsdb.Storage.Wal;", 0)]
    [InlineData("using Tsdb.Core;\nusing Tsdb.Storage.Segments;", 1)]
    public void A_folder_that_reaches_beyond_its_row_is_found(string text, int expected)
    {
        SourceFile table =
            new("docs/ARCHITECTURE.md", "| `engine/Tsdb.Storage/Wal` | `Codecs`, `Devices` |\n");
        SourceFile file = new("engine/Tsdb.Storage/Wal/A.cs", text);
        List<Violation> found = FolderRules.Check(table, [file]).ToList();
        Assert.Equal(expected, found.Count);
        Assert.All(found, violation => Assert.Equal(2, violation.Line));
    }

    [Fact]
    public void A_planned_project_may_be_missing_but_not_there()
    {
        SourceFile table = new("docs/ARCHITECTURE.md", "| `Tsdb.Later` (planned) | nothing | none |");
        Assert.Empty(LayerRules.Check(table, []));
        Assert.Single(LayerRules.Check(table, [new("engine/Tsdb.Later/Tsdb.Later.csproj", "<Project />")]));
    }

    [Theory]
    [InlineData("# One\n## Two\n```\n# a shell comment\n```\n", 0)]
    [InlineData("# One\n# Two\n", 1)]
    [InlineData("text\n", 1)]
    public void A_page_without_exactly_one_title_is_found(string text, int expected) =>
        Assert.Equal(expected, PageRules.CheckTitle(new("docs/a.md", text)).Count());

    [Theory]
    [InlineData("[style](CODESTYLE.md)", 0)]
    [InlineData("[style](CODESTYLE.md#names)", 0)]
    [InlineData("[readme](../README.md) [web](https://example.org/none)", 0)]
    [InlineData("[style](CODESTYLE.md#nowhere)", 1)]
    [InlineData("[gone](gone.md) [gone too](../engine/Gone)", 2)]
    public void A_dead_link_is_found(string text, int expected) =>
        Assert.Equal(expected, PageRules.CheckLinks(new("docs/a.md", text), _tree).Count());

    [Theory]
    [InlineData("`engine/Tsdb.Core` `docs/CODESTYLE.md` `Invariant.cs` `./docs/CODESTYLE.md`", 0)]
    [InlineData("`text/csv` `a/b` `docs/{a,b}.md` `bench/results/*.md` `SELECT a FROM b`", 0)]
    [InlineData("`engine/Tsdb.Gone` `docs/gone.md`", 2)]
    [InlineData("`GoneForGood.cs` `Wal/GoneForGood.cs`", 2)]
    public void A_dead_path_is_found(string text, int expected) =>
        Assert.Equal(expected, PageRules.CheckMentions(new("docs/a.md", text), _tree).Count());

    [Fact]
    public void A_format_page_that_no_code_names_is_found()
    {
        SourceFile page = new("docs/formats/wal.md", "# WAL");
        Assert.Single(TreeRules.CheckFormatPages([page]));
        Assert.Empty(TreeRules.CheckFormatPages([page, new("engine/A.cs", "// Page: docs/formats/wal.md")]));
    }

    [Fact]
    public void A_test_project_that_no_suite_runs_is_found()
    {
        SourceFile script = new("test.sh", "  case $1 in\n    engine) set -- Core Ingest ;;\n");
        SourceFile known = new("tests/Tsdb.Core.Tests/Tsdb.Core.Tests.csproj", "");
        SourceFile other = new("tests/Tsdb.Other.Tests/Tsdb.Other.Tests.csproj", "");
        SourceFile empty = new("tests/Tsdb.Faults/Tsdb.Faults.csproj", "");
        SourceFile test = new("tests/Tsdb.Other.Tests/ATests.cs", "    [Fact]\n");
        Assert.Equal(
            other.Path, Assert.Single(TreeRules.CheckSuites(script, [known, other, empty, test])).Path);
    }

    [Fact]
    public void A_result_without_its_command_is_found()
    {
        Assert.NotEmpty(TreeRules.CheckResult(new("bench/results/a.md", "# A\n12 s")));
        Assert.Empty(TreeRules.CheckResult(new("bench/results/a.md", "# A\nCommand: `a`\n12 s")));
        Assert.Empty(TreeRules.CheckResult(new("bench/results/a.json", "{\"command\": \"a\"}")));
    }

    [Theory]
    [InlineData("cd /ho" + "me/somebody/src", 1)]
    [InlineData("path = \"/wo" + "rk/tree\"", 1)]
    [InlineData("see https://example.org/ho" + "me/page and ~/wo" + "rk/", 0)]
    public void A_machine_path_is_found(string text, int expected) =>
        Assert.Equal(expected, TreeRules.CheckMachinePaths(new("docs/a.md", text)).Count());

    [Fact]
    public void A_package_without_a_reason_and_a_reason_without_a_package_are_found()
    {
        SourceFile props =
            new("Directory.Packages.props", "<PackageVersion Include=\"A.B\" Version=\"1\" />");
        Assert.Empty(TreeRules.CheckDependencies(props, new("docs/dependencies.md", "| `A.B` | 1 | why |")));
        Assert.Equal(
            2, TreeRules.CheckDependencies(
                props, new("docs/dependencies.md", "| `C.D` | 1 | why |")).Count());
    }
}
