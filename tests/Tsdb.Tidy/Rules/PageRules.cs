using System.Text;
using System.Text.RegularExpressions;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy.Rules;

/// <summary>Pages point at things that exist, and have one title.</summary>
internal static class PageRules
{
    private static readonly Regex _link = new(@"\[[^\]]*\]\((?<target>[^)\s]+)\)");
    private static readonly Regex _mention = new(@"`(?<path>[^`\s]+)`");
    private static readonly Regex _pathLike = new(@"^[\w./-]+$");
    private static readonly Regex _sourceName = new(@"^\w+\.(cs|sh|proto|csproj|props)$");
    private static readonly Regex _fileEnding = new(@"\.(cs|csproj|props|proto|sh|md|c|h|ts|tsx|py|json)$");

    /// <summary>Exactly one first-level heading, outside fenced code.</summary>
    public static IEnumerable<Violation> CheckTitle(SourceFile page)
    {
        int titles = 0;
        int line = 1;
        foreach ((int number, string text) in Prose(page))
        {
            if (text.StartsWith("# ", StringComparison.Ordinal))
            {
                titles++;
                line = number;
            }
        }

        if (titles != 1)
        {
            yield return new Violation(
                page.Path, line, "title", $"{titles} first-level headings, there is one");
        }
    }

    /// <summary>Relative links lead to a file, and to a heading in it if they name one.</summary>
    public static IEnumerable<Violation> CheckLinks(SourceFile page, RepositoryTree tree)
    {
        foreach ((int line, string text) in Prose(page))
        {
            foreach (Match match in _link.Matches(text))
            {
                string target = match.Groups["target"].Value;
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith(
                    "mailto:", StringComparison.Ordinal))
                {
                    continue;
                }

                string[] parts = target.Split('#', 2);
                string path = parts[0].Length == 0 ? page.Path : Resolve(page.Folder, parts[0]);
                if (!tree.Has(path))
                {
                    yield return new Violation(page.Path, line, "dead-link", target);
                }
                else if (parts.Length == 2 && tree.Find(path) is { } linked && !HasHeading(linked, parts[1]))
                {
                    yield return new Violation(
                        page.Path, line, "dead-link", $"no heading #{parts[1]} in {path}");
                }
            }
        }
    }

    /// <summary>
    /// A path in backquotes exists: one that starts with a folder of the root, or the plain name of a source
    /// file.
    /// What has blanks, placeholders or wildcards in it is no path.
    /// </summary>
    public static IEnumerable<Violation> CheckMentions(SourceFile page, RepositoryTree tree)
    {
        foreach ((int line, string text) in Prose(page))
        {
            foreach (Match match in _mention.Matches(text))
            {
                string path = match.Groups["path"].Value;
                if (_pathLike.IsMatch(
                    path) && !path.Contains("NNNN", StringComparison.Ordinal) && !IsAlive(path, page, tree))
                {
                    yield return new Violation(page.Path, line, "dead-path", path);
                }
            }
        }
    }

    private static bool IsAlive(string path, SourceFile page, RepositoryTree tree)
    {
        string plain = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        int slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return !_sourceName.IsMatch(plain) || tree.Files.Any(file => file.Name == plain);
        }

        if (slash > 0 && (tree.Has(plain[..slash]) || _fileEnding.IsMatch(plain)))
        {
            return tree.Has(plain) || tree.Has(Resolve(page.Folder, plain)) || IsUniqueTail(plain, tree);
        }

        return true;
    }

    /// <summary>`Wal/WalWriter.cs` for engine/Tsdb.Storage/Wal/WalWriter.cs.</summary>
    private static bool IsUniqueTail(string path, RepositoryTree tree) =>
        tree.Files.Any(file => file.Path.EndsWith("/" + path, StringComparison.Ordinal));

    private static bool HasHeading(SourceFile page, string anchor) =>
        !page.IsMarkdown
        || Prose(page).Any(line => line.Text.StartsWith('#') && Slug(line.Text.TrimStart('#')) == anchor);

    private static string Slug(string heading)
    {
        StringBuilder slug = new();
        foreach (char character in heading.Trim())
        {
            if (char.IsLetterOrDigit(character) || character is '-' or '_')
            {
                slug.Append(char.ToLowerInvariant(character));
            }
            else if (character == ' ')
            {
                slug.Append('-');
            }
        }

        return slug.ToString();
    }

    private static string Resolve(string folder, string relative)
    {
        List<string> parts = folder.Length == 0 ? [] : [.. folder.Split('/')];
        foreach (string part in relative.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ""))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    /// <summary>The lines of a page that are not in a fenced block.</summary>
    private static IEnumerable<(int Line, string Text)> Prose(SourceFile page)
    {
        bool isFenced = false;
        for (int i = 0; i < page.Lines.Length; i++)
        {
            if (page.Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                isFenced = !isFenced;
            }
            else if (!isFenced)
            {
                yield return (i + 1, page.Lines[i]);
            }
        }
    }
}
