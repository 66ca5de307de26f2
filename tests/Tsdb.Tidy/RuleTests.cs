using Tsdb.Tidy.Rules;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy;

/// <summary>Each rule finds what it is there to find, on the right line, and leaves good text
/// alone.</summary>
public sealed class RuleTests
{
    [Fact]
    public void A_long_file_is_found()
    {
        SourceFile file = Source("engine/A.cs", string.Concat(Enumerable.Repeat("// line\n", 401)));
        Assert.Equal(
            "engine/A.cs:401 file-length: 401 lines, at most 400", Single(SizeRules.CheckFileLength(file)));
        Assert.Empty(SizeRules.CheckFileLength(Source("tests/A.cs", file.Text)));
    }

    [Fact]
    public void A_long_line_is_found()
    {
        SourceFile file = Source("engine/A.cs", "int a;\n// " + new string('x', 108) + "\n");
        Assert.Equal(
            "engine/A.cs:2 line-length: 111 columns, at most 110", Single(SizeRules.CheckLineLength(file)));
        Assert.Empty(SizeRules.CheckLineLength(Source("engine/A.cs", "// " + new string('x', 107))));
    }

    [Theory]
    [InlineData("    public void Run(int count)", "    }", 58, 1)]
    [InlineData("    public void Run(int count)", "    }", 57, 0)]
    [InlineData("    private static string Name(Kind kind) => kind switch", "    };", 58, 1)]
    [InlineData("    private static readonly Dictionary<int, int> _table = new()", "    };", 90, 0)]
    [InlineData("    internal sealed class Inner(int count)", "    }", 90, 0)]
    public void A_long_method_is_found(string header, string closing, int bodyLines, int expected)
    {
        string body = string.Concat(Enumerable.Repeat("        Step();\n", bodyLines));
        SourceFile file = Source("engine/A.cs", $"class A\n{{\n{header}\n    {{\n{body}{closing}\n}}\n");
        List<Violation> found = SizeRules.CheckMethodLength(file).ToList();
        Assert.Equal(expected, found.Count);
        Assert.All(found, violation => Assert.Equal(3, violation.Line));
    }

    [Theory]
    [InlineData("engine/StringUtils.cs", "class Texts;")]
    [InlineData("engine/A.cs", "internal static class TextHelper;")]
    [InlineData("engine/A.cs", "record struct SegmentManager(int A);")]
    [InlineData("engine/Common/A.cs", "class A;")]
    [InlineData("engine/A.cs", "interface IA; class AImpl;")]
    public void An_empty_name_is_found(string path, string text) =>
        Assert.Contains(
            "banned-name", Single(NameRules.CheckNames(Source(path, text))), StringComparison.Ordinal);

    [Fact]
    public void Names_that_only_contain_such_a_word_pass() =>
        Assert.Empty(
            NameRules.CheckNames(Source("engine/Manifests/A.cs", "class CommonPrefix; class ManagerRole;")));

    [Fact]
    public void Partial_without_a_generator_is_found()
    {
        Assert.NotEmpty(NameRules.CheckPartial(Source("a.cs", "internal sealed partial class A;")));
        Assert.Empty(NameRules.CheckPartial(Source("a.cs", "// a partial class\nclass A;")));
        Assert.Empty(NameRules.CheckPartial(
            Source("a.cs", "partial class A\n{\n[GeneratedRegex(\"a\")]\nstatic partial Regex B();\n}")));
    }

    [Theory]
    [InlineData("engine/A.cs", "Thread.Sleep(1);", "sleep")]
    [InlineData("engine/A.cs", "long a = DateTime.UtcNow.Ticks;", "wall-clock")]
    [InlineData("tests/A.cs", "DateTimeOffset a = DateTimeOffset.Now;", "wall-clock")]
    [InlineData("tests/A.cs", "Random a = new();", "unseeded-random")]
    [InlineData("tests/A.cs", "var a = new Random();", "unseeded-random")]
    [InlineData("tests/A.cs", "int a = Random.Shared.Next();", "unseeded-random")]
    [InlineData("tests/A.cs", "await Task.Delay(5, clock);", "delay-in-test")]
    [InlineData("server/A.cs", "await Task.Delay(5, stop);", "delay")]
    [InlineData("query/A.cs", "Console.WriteLine(1);", "console")]
    [InlineData("engine/A.cs", "Console.Error.Write(1);", "console")]
    [InlineData("engine/A.cs", "    #region A", "region")]
    public void A_banned_call_is_found(string path, string text, string rule) =>
        Assert.StartsWith(
            $"{path}:2 {rule}:", Single(
                CallRules.CheckCalls(Source(path, "\n" + text))), StringComparison.Ordinal);

    [Theory]
    [InlineData("engine/A.cs", "string a = \"Thread.Sleep\"; // DateTime.Now")]
    [InlineData("engine/A.cs", "string a = @\"C:\\\"; string b = $\"{Name(\"x\")} Thread.Sleep\";")]
    [InlineData("engine/A.cs", "string a = \"\"\"\n  Thread.Sleep \"x\" DateTime.Now\n\"\"\";")]
    [InlineData("engine/A.cs", "char a = '\"'; /* Thread.Sleep */ char b = '\\'';")]
    [InlineData("tests/A.cs", "Random a = new(17);")]
    [InlineData("engine/A.cs", "// A sender must not guess it.\nlong key = Random.Shared.NextInt64();")]
    [InlineData("server/A.cs", "await Task.Delay(interval, _clock, stop);")]
    [InlineData("server/A.cs", "Console.WriteLine(1);")]
    public void Harmless_text_passes(string path, string text) =>
        Assert.Empty(CallRules.CheckCalls(Source(path, text)));

    [Fact]
    public void Unfinished_work_is_found()
    {
        Assert.NotEmpty(CallRules.CheckUnfinished(Source("a.cs", "int a; // TODO later")));
        Assert.NotEmpty(CallRules.CheckUnfinished(Source("a.cs", "/* first\n FIXME */")));
        Assert.Empty(CallRules.CheckUnfinished(Source("a.cs", "string a = \"TODO\";")));
    }

    [Theory]
    [InlineData("engine/A.cs", "catch (Exception error)\n{\n    Log(error);\n}", "catch-all")]
    [InlineData("engine/A.cs", "catch\n{\n    Log();\n}", "catch-all")]
    [InlineData("server/A.cs", "catch (IOException)\n{\n}", "empty-catch")]
    [InlineData("server/A.cs", "catch (IOException) { }", "empty-catch")]
    public void A_careless_catch_is_found(string path, string text, string rule) =>
        Assert.Contains(
            $" {rule}:", Single(
                CallRules.CheckCatches(Source(path, "try { Run(); }\n" + text))), StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "engine/A.cs", "catch (IOException)\n{\n    // The peer is gone; so is our reason to write.\n}")]
    [InlineData("engine/A.cs", "// Host loop: it goes on.\ncatch (Exception e)\n{\n  F(e);\n}")]
    [InlineData("server/A.cs", "catch (Exception e)\n{\n  F(e);\n}")]
    [InlineData("engine/A.cs", "catch (Exception e) when (e is IOException)\n{\n  F(e);\n}")]
    [InlineData("engine/A.cs", "catch\n{\n  Close();\n  throw;\n}")]
    [InlineData("engine/A.cs", "catch (ExceptionallyBad e)\n{\n  Fail(e);\n}")]
    public void A_catch_with_a_reason_passes(string path, string text) =>
        Assert.Empty(CallRules.CheckCatches(Source(path, "try { Run(); }\n" + text)));

    private static SourceFile Source(string path, string text) => new(path, text);

    private static string Single(IEnumerable<Violation> violations) => Assert.Single(violations).ToString();
}
