using Tsdb.Tidy.Rules;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy;

/// <summary>Each rule over the whole tree; a failure lists path:line rule for everything it found.</summary>
public sealed class RepositoryTests
{
    private static readonly RepositoryTree _tree = RepositoryTree.Open();

    private static IEnumerable<SourceFile> Pages =>
        _tree.Pages.Where(page => page.IsUnder("docs") || page.Folder.Length == 0);

    [Fact]
    public void The_tree_is_the_one_we_think() =>
        Assert.True(_tree.CSharp.Count() > 30 && _tree.Has("engine"));

    [Fact]
    public void Files_are_short() => Expect(_tree.CSharp.SelectMany(SizeRules.CheckFileLength));

    [Fact]
    public void Lines_are_short() => Expect(_tree.CSharp.SelectMany(SizeRules.CheckLineLength));

    [Fact]
    public void Methods_are_short() => Expect(_tree.CSharp.SelectMany(SizeRules.CheckMethodLength));

    [Fact]
    public void Names_say_what_things_are() => Expect(_tree.Files.SelectMany(NameRules.CheckNames));

    [Fact]
    public void Partial_is_for_source_generators() => Expect(_tree.CSharp.SelectMany(NameRules.CheckPartial));

    [Fact]
    public void Banned_calls_do_not_occur() => Expect(_tree.CSharp.SelectMany(CallRules.CheckCalls));

    [Fact]
    public void Nothing_is_left_unfinished() => Expect(_tree.CSharp.SelectMany(CallRules.CheckUnfinished));

    [Fact]
    public void Catches_name_what_they_handle() => Expect(_tree.CSharp.SelectMany(CallRules.CheckCatches));

    [Fact]
    public void Projects_follow_the_layer_table() =>
        Expect(LayerRules.Check(Required(LayerRules.TablePath), _tree.Files));

    [Fact]
    public void Folders_use_what_their_row_names() =>
        Expect(FolderRules.Check(Required(LayerRules.TablePath), _tree.Files));

    [Fact]
    public void Packages_have_a_reason() =>
        Expect(TreeRules.CheckDependencies(
            Required("Directory.Packages.props"), Required(TreeRules.DependenciesPath)));

    [Fact]
    public void Pages_have_one_title() => Expect(Pages.SelectMany(PageRules.CheckTitle));

    [Fact]
    public void Links_lead_somewhere() =>
        Expect(_tree.Pages.SelectMany(page => PageRules.CheckLinks(page, _tree)));

    [Fact]
    public void Paths_in_pages_exist() =>
        Expect(Pages.SelectMany(page => PageRules.CheckMentions(page, _tree)));

    [Fact]
    public void Format_pages_are_named_by_code() => Expect(TreeRules.CheckFormatPages(_tree.Files));

    [Fact]
    public void Every_test_project_is_in_a_suite() =>
        Expect(TreeRules.CheckSuites(Required("test.sh"), _tree.Files));

    [Fact]
    public void Results_name_their_command() => Expect(_tree.Files.SelectMany(TreeRules.CheckResult));

    [Fact]
    public void No_file_knows_a_machine() => Expect(_tree.Files.SelectMany(TreeRules.CheckMachinePaths));

    private static SourceFile Required(string path) =>
        _tree.Find(path) ?? throw new FileNotFoundException($"The tree lacks {path}.");

    private static void Expect(IEnumerable<Violation> violations)
    {
        List<Violation> found = violations.ToList();
        Assert.True(found.Count == 0, $"{found.Count} violations\n{string.Join('\n', found)}");
    }
}
