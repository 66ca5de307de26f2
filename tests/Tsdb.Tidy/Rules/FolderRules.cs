using System.Text.RegularExpressions;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy.Rules;

/// <summary>Inside a project, the folders that docs/ARCHITECTURE.md lists use only what their row
/// names.</summary>
internal static class FolderRules
{
    private static readonly Regex _row = new(@"^\|\s*`(?<folder>\w+/Tsdb\.[\w./]+)`\s*\|(?<uses>[^|]*)\|$");
    private static readonly Regex _name = new(@"`(?<name>\w+)`");
    private static readonly Regex _using = new(@"^using (?<space>Tsdb\.[\w.]+);");

    public static IEnumerable<Violation> Check(SourceFile table, IReadOnlyList<SourceFile> files)
    {
        for (int i = 0; i < table.Lines.Length; i++)
        {
            Match row = _row.Match(table.Lines[i]);
            if (!row.Success)
            {
                continue;
            }

            string folder = row.Groups["folder"].Value;
            HashSet<string> allowed = _name.Matches(row.Groups["uses"].Value)
                .Select(match => match.Groups["name"].Value)
                .ToHashSet(StringComparer.Ordinal);
            foreach (SourceFile file in files.Where(file => file.IsCSharp && file.IsUnder(folder)))
            {
                foreach (Violation violation in CheckUsings(file, folder, allowed))
                {
                    yield return violation;
                }
            }
        }
    }

    private static IEnumerable<Violation> CheckUsings(SourceFile file, string folder, HashSet<string> allowed)
    {
        // engine/Tsdb.Storage/Codecs: the project is Tsdb.Storage, its other folders are
        // Tsdb.Storage.Something.
        string[] parts = folder.Split('/');
        for (int i = 0; i < file.Lines.Length; i++)
        {
            string space = _using.Match(file.Lines[i]).Groups["space"].Value;
            if (!space.StartsWith(parts[1] + ".", StringComparison.Ordinal))
            {
                continue;
            }

            string used = space[(parts[1].Length + 1)..].Split('.')[0];
            if (used != parts[2] && !allowed.Contains(used))
            {
                yield return new Violation(file.Path, i + 1, "folder", $"{folder} must not use {used}");
            }
        }
    }
}
