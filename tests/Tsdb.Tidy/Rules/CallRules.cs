using System.Text.RegularExpressions;
using Tsdb.Tidy.Sources;

namespace Tsdb.Tidy.Rules;

/// <summary>Calls and words that never belong in the code, or only where a reason stands beside
/// them.</summary>
internal static class CallRules
{
    private const string Everywhere = "";

    /// <summary>Folder in which the rule holds, what it bans, and what to do instead.</summary>
    private static readonly (string Folder, Regex Pattern, string Rule, string Message)[] _bans =
    [
        (Everywhere, new(@"\bThread\.Sleep\b"), "sleep", "wait for the event, or on the injected clock"),
        (Everywhere, new(
            @"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b"), "wall-clock", "time is a TimeProvider"),
        (Everywhere, new(
            @"\bnew Random\(\s*\)|\bRandom \w+ = new\(\s*\)|\bRandom\.Shared\b"), "unseeded-random",
            "randomness has a seed that is printed and can be passed back"),
        ("tests", new(@"\bTask\.Delay\b"), "delay-in-test", "tests do not wait for the clock"),
        ("engine", new(@"\bConsole\.(Write|Error)"), "console", "a library does not talk to the terminal"),
        ("query", new(@"\bConsole\.(Write|Error)"), "console", "a library does not talk to the terminal"),
        ("client", new(@"\bConsole\.(Write|Error)"), "console", "a library does not talk to the terminal"),
        (Everywhere, new(@"^\s*#\s*region\b"), "region", "a region hides length; make it a type"),
    ];

    /// <summary>A key that attackers must not guess is the one thing that has no seed.</summary>
    private static readonly Regex _unpredictable = new(@"(?i)unpredictable|attacker|guess|flood|collisions");
    private static readonly Regex _delay = new(@"\bTask\.Delay\((?<rest>.*)");
    private static readonly Regex _clock = new(@"(?i)clock|timeProvider");
    private static readonly Regex _catchAll = new(@"\bcatch(\s*$|\s*\{|\s*\(\s*(System\.)?Exception\b)");
    private static readonly Regex _unfinished = new(@"\b(TO" + @"DO|FIX" + @"ME|XX" + @"X|HA" + @"CK)\b");

    public static IEnumerable<Violation> CheckCalls(SourceFile file)
    {
        string[] code = file.Code.Code;
        for (int i = 0; i < code.Length; i++)
        {
            foreach ((string folder, Regex pattern, string rule, string message) in _bans)
            {
                if ((folder.Length > 0 && !file.IsUnder(folder)) || !pattern.IsMatch(code[i]))
                {
                    continue;
                }

                bool isMeant = rule == "unseeded-random" && _unpredictable.IsMatch(CommentsNear(file, i, 8));
                if (!isMeant)
                {
                    yield return new Violation(file.Path, i + 1, rule, message);
                }
            }

            Match delay = _delay.Match(code[i]);
            string arguments = delay.Groups["rest"].Value + (i + 1 < code.Length ? code[i + 1] : "");
            if (delay.Success && !file.IsTest && !_clock.IsMatch(arguments))
            {
                yield return new Violation(
                    file.Path, i + 1, "delay", "give Task.Delay the injected TimeProvider");
            }
        }
    }

    public static IEnumerable<Violation> CheckUnfinished(SourceFile file)
    {
        string[] comments = file.Code.Comments;
        for (int i = 0; i < comments.Length; i++)
        {
            if (_unfinished.Match(comments[i]) is { Success: true } match)
            {
                yield return new Violation(
                    file.Path, i + 1, "unfinished", $"{match.Value}: do it, or drop it");
            }
        }
    }

    /// <summary>
    /// Catching everything is for the loop of a host: in server/, or where a comment at most three lines off
    /// says "host loop" and why. A filter that names what is meant, and cleaning up before "throw;", are
    /// fine.
    /// </summary>
    public static IEnumerable<Violation> CheckCatches(SourceFile file)
    {
        string[] code = file.Code.Code;
        for (int i = 0; i < code.Length; i++)
        {
            if (_catchAll.IsMatch(code[i]) && !file.IsUnder("server") && !IsNarrow(code, i)
                && !HasReason(file, i))
            {
                yield return new Violation(
                    file.Path, i + 1, "catch-all", "catch what can be handled, or say 'host loop' and why");
            }

            if (code[i].TrimStart().StartsWith("catch", StringComparison.Ordinal) && IsEmptyBlock(file, i))
            {
                yield return new Violation(
                    file.Path, i + 1, "empty-catch", "handle it, or say why nothing is to do");
            }
        }
    }

    private static bool IsNarrow(string[] code, int line)
    {
        string indent = code[line][..^code[line].TrimStart().Length];
        int end = Array.FindIndex(code, line, text => text == indent + "}");
        string block = string.Join('\n', code[line..Math.Max(end, line + 1)]);
        return block.Contains(
            " when ", StringComparison.Ordinal) || block.Contains("throw;", StringComparison.Ordinal);
    }

    private static bool HasReason(SourceFile file, int line) =>
        CommentsNear(file, line, linesAbove: 3).Contains("host loop", StringComparison.OrdinalIgnoreCase);

    private static string CommentsNear(SourceFile file, int line, int linesAbove)
    {
        int first = Math.Max(0, line - linesAbove);
        int last = Math.Min(file.Code.Comments.Length, line + 4);
        return string.Join(' ', file.Code.Comments[first..last]);
    }

    /// <summary>Neither code nor a comment between the braces that follow.</summary>
    private static bool IsEmptyBlock(SourceFile file, int line)
    {
        string code = string.Join('\n', file.Code.Code[line..Math.Min(file.Code.Code.Length, line + 6)]);
        int open = code.IndexOf('{', StringComparison.Ordinal);
        int close = open < 0 ? -1 : code.IndexOf('}', open);
        if (close < 0 || code[(open + 1)..close].Trim().Length > 0)
        {
            return false;
        }

        int first = line + code[..open].Count(character => character == '\n');
        int last = line + code[..close].Count(character => character == '\n');
        return string.Concat(file.Code.Comments[first..(last + 1)]).Trim().Length == 0;
    }
}
