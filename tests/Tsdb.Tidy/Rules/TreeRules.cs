using System.Text.RegularExpressions;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy.Rules;

/// <summary>Rules about how the files of the tree belong together.</summary>
internal static class TreeRules
{
    public const string DependenciesPath = "docs/dependencies.md";

    private static readonly Regex _packageVersion = new(@"<PackageVersion\s+Include=""(?<name>[^""]+)""");
    private static readonly Regex _packageRow = new(@"^\|\s*`(?<name>[A-Za-z][\w.]+)`\s*\|");
    private static readonly Regex _suiteLine = new(@"(?m)^    \w+\) set -- (?<names>[\w. ]+) ;;");
    private static readonly Regex _test = new(@"(?m)^\s*\[(Fact|Theory)\b");
    private static readonly Regex _command = new(@"(?i)\bcommand""?\**:");

    private static readonly Regex _machinePath =
        new(@"(?<![\w./:~-])/(ho" + @"me/\w|Us" + @"ers/\w|ro" + @"ot/|wo" + @"rk/|mn" + @"t/)");

    /// <summary>A byte layout has a page, and the file that owns the layout names it.</summary>
    public static IEnumerable<Violation> CheckFormatPages(IReadOnlyList<SourceFile> files)
    {
        foreach (SourceFile page in files.Where(file => file.IsUnder("docs/formats") && file.IsMarkdown))
        {
            if (page.Name != "README.md"
                && !files.Any(
                    file => file.IsCSharp && file.Text.Contains(page.Path, StringComparison.Ordinal)))
            {
                yield return new Violation(page.Path, 1, "format-page", "no .cs file names this page");
            }
        }
    }

    /// <summary>A measured number comes with the command that measures it again.</summary>
    public static IEnumerable<Violation> CheckResult(SourceFile file)
    {
        if (file.IsUnder("bench/results") && file.Name != "README.md" && !_command.IsMatch(file.Text))
        {
            yield return new Violation(
                file.Path, 1, "result-command", "does not name its command (\"Command: …\")");
        }
    }

    /// <summary>Nothing in the tree knows where it was made.</summary>
    public static IEnumerable<Violation> CheckMachinePaths(SourceFile file)
    {
        for (int i = 0; i < file.Lines.Length; i++)
        {
            if (_machinePath.Match(file.Lines[i]) is { Success: true } match)
            {
                yield return new Violation(
                    file.Path, i + 1, "machine-path", $"'{match.Value}' is somebody's machine");
            }
        }
    }

    /// <summary>Each project with tests is in a suite of test.sh, or nobody would run it.</summary>
    public static IEnumerable<Violation> CheckSuites(SourceFile script, IReadOnlyList<SourceFile> files)
    {
        HashSet<string> suites = _suiteLine.Matches(script.Text)
            .SelectMany(match => match.Groups["names"].Value.Split(' '))
            .ToHashSet(StringComparer.Ordinal);
        foreach (SourceFile project in files.Where(
            file => file.IsTest && file.Name.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            string name = project.Name.Replace(".csproj", "", StringComparison.Ordinal);
            string shortName = name.Replace("Tsdb.", "", StringComparison.Ordinal)
                .Replace(".Tests", "", StringComparison.Ordinal);
            bool hasTests = files.Any(file => file.IsUnder(project.Folder) && _test.IsMatch(file.Text));
            if (hasTests && !suites.Contains(shortName))
            {
                yield return new Violation(
                    project.Path, 1, "suite", $"no suite of {script.Path} runs {name}");
            }
        }
    }

    /// <summary>Each package has a version in one place and a reason in another.</summary>
    public static IEnumerable<Violation> CheckDependencies(SourceFile props, SourceFile page)
    {
        HashSet<string> explained = new(StringComparer.Ordinal);
        foreach (string line in page.Lines)
        {
            explained.Add(_packageRow.Match(line).Groups["name"].Value);
        }

        HashSet<string> present = new(StringComparer.Ordinal) { "" };
        for (int i = 0; i < props.Lines.Length; i++)
        {
            string name = _packageVersion.Match(props.Lines[i]).Groups["name"].Value;
            present.Add(name);
            if (name.Length > 0 && !explained.Contains(name))
            {
                yield return new Violation(
                    props.Path, i + 1, "dependency", $"{name} has no row in {page.Path}");
            }
        }

        for (int i = 0; i < page.Lines.Length; i++)
        {
            string name = _packageRow.Match(page.Lines[i]).Groups["name"].Value;
            if (!present.Contains(name))
            {
                yield return new Violation(page.Path, i + 1, "dependency", $"{name} is not in {props.Path}");
            }
        }
    }
}
