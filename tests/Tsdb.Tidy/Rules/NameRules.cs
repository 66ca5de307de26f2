using System.Text.RegularExpressions;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy.Rules;

/// <summary>Names say what a thing is; a type has one file.</summary>
internal static class NameRules
{
    private static readonly Regex _banned = new("(Util|Utils|Utilities|Helper|Helpers|Common|Manager|Impl)$");

    private static readonly Regex _typeDeclaration =
        new(@"\b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?)\s+(?<name>[A-Z]\w*)");

    private static readonly Regex _partial =
        new(@"\bpartial\s+(class|struct|record|interface|\w[\w<>?\[\],. ]*\()");

    private static readonly string[] _sourceGenerators =
        ["LibraryImport", "GeneratedRegex", "JsonSerializable", "JsonSourceGeneration", "LoggerMessage"];

    public static IEnumerable<Violation> CheckNames(SourceFile file)
    {
        foreach (string part in file.Path.Split('/'))
        {
            string stem = part.Split('.')[0];
            if (_banned.IsMatch(stem))
            {
                yield return new Violation(file.Path, 1, "banned-name", $"'{stem}' says nothing");
            }
        }

        string[] code = file.IsCSharp ? file.Code.Code : [];
        for (int i = 0; i < code.Length; i++)
        {
            foreach (Match match in _typeDeclaration.Matches(code[i]))
            {
                string name = match.Groups["name"].Value;
                if (_banned.IsMatch(name))
                {
                    yield return new Violation(file.Path, i + 1, "banned-name", $"'{name}' says nothing");
                }
            }
        }
    }

    /// <summary>A partial type is for source generators; the attribute that asks for one stands in the same
    /// file.</summary>
    public static IEnumerable<Violation> CheckPartial(SourceFile file)
    {
        string[] code = file.Code.Code;
        if (code.Any(
            line => _sourceGenerators.Any(name => line.Contains($"[{name}", StringComparison.Ordinal))))
        {
            yield break;
        }

        for (int i = 0; i < code.Length; i++)
        {
            if (_partial.IsMatch(code[i]))
            {
                yield return new Violation(
                    file.Path, i + 1, "partial", "a type too long for one file is two types");
            }
        }
    }
}
