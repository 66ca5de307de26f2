using System.Text.RegularExpressions;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy.Rules;

/// <summary>The layer table of docs/ARCHITECTURE.md is what the project files say, in both
/// directions.</summary>
internal static class LayerRules
{
    public const string TablePath = "docs/ARCHITECTURE.md";

    /// <summary>A row may say "(planned)" after the name while the project is not there yet.</summary>
    private static readonly Regex _row = new(
        @"^\|\s*`(?<project>Tsdb\.[\w.]+)`\s*(?<planned>\(planned\))?\s*"
        + @"\|(?<references>[^|]*)\|(?<packages>[^|]*)\|");

    private static readonly Regex _name = new(@"`(?<name>[\w.]+)`");
    private static readonly Regex _project =
        new(@"<ProjectReference\s+Include=""[^""]*?(?<name>[\w.]+)\.csproj""");
    private static readonly Regex _package =
        new(@"<(?:PackageReference|FrameworkReference)\s+Include=""(?<name>[^""]+)""");

    public static IEnumerable<Violation> Check(SourceFile table, IEnumerable<SourceFile> files)
    {
        Dictionary<string, Layer> layers = Read(table);
        HashSet<string> found = new(StringComparer.Ordinal);
        foreach (SourceFile file in files.Where(
            file => file.Path.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            if (file.IsUnder("tests") || file.IsUnder("bench"))
            {
                continue;
            }

            string project = System.IO.Path.GetFileNameWithoutExtension(file.Name);
            found.Add(project);
            if (!layers.TryGetValue(project, out Layer? layer))
            {
                yield return new Violation(file.Path, 1, "layer", $"{project} has no row in {TablePath}");
                continue;
            }

            foreach (Violation violation in Compare(file, _project, layer.References, "reference"))
            {
                yield return violation;
            }

            foreach (Violation violation in Compare(file, _package, layer.Packages, "package"))
            {
                yield return violation;
            }
        }

        foreach (string project in layers.Keys.Where(
            project => layers[project].IsPlanned == found.Contains(project)))
        {
            string message =
                found.Contains(project) ? $"{project} is not planned, it is there" : $"there is no {project}";
            yield return new Violation(table.Path, layers[project].Line, "layer", message);
        }
    }

    private static IEnumerable<Violation> Compare(
        SourceFile file, Regex pattern, HashSet<string> allowed, string what)
    {
        for (int i = 0; i < file.Lines.Length; i++)
        {
            Match match = pattern.Match(file.Lines[i]);
            if (match.Success && !allowed.Contains(match.Groups["name"].Value))
            {
                string name = match.Groups["name"].Value;
                yield return new Violation(file.Path, i + 1, "layer", $"{what} {name} is not in {TablePath}");
            }
        }
    }

    private static Dictionary<string, Layer> Read(SourceFile table)
    {
        Dictionary<string, Layer> layers = new(StringComparer.Ordinal);
        for (int i = 0; i < table.Lines.Length; i++)
        {
            Match row = _row.Match(table.Lines[i]);
            if (row.Success)
            {
                layers[row.Groups["project"].Value] = new Layer(
                    i + 1,
                    row.Groups["planned"].Success,
                    ReadNames(row.Groups["references"].Value),
                    ReadNames(row.Groups["packages"].Value));
            }
        }

        return layers;
    }

    private static HashSet<string> ReadNames(string cell) =>
        _name.Matches(cell).Select(match => match.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    private sealed record Layer(
        int Line, bool IsPlanned, HashSet<string> References, HashSet<string> Packages);
}
