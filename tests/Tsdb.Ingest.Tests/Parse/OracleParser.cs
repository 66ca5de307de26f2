using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tsdb.Ingest.Tests.Parse;

/// <summary>
/// Line protocol once more, as slowly and plainly as possible, to compare with. Describes a row as
/// <see cref="ParsedLines"/> does with sorted fields; a refused line is <c>null</c>, a skipped one is empty.
/// </summary>
internal static class OracleParser
{
    private const string Name = @"(?:(?>\\[,= ]|[^,= \n]))+";
    private const string Text = "\"(?>\\\\[\"\\\\]|[^\"])*\"";
    private const string Field = $"{Name}=(?:{Text}|[^\", \r\n][^, \r\n]*)(?=[, \r\n]|\\z)";

    private static readonly Regex _line = new(
        $@"\A(?>[ \t]*)(?<key>(?<table>(?:(?>\\[,= ]|[^, \n]))+)(?:,(?<tag>{Name}={Name}))*) (?>[ \t]*)"
        + $@"(?<field>{Field})(?:,(?<field>{Field}))*(?: [ \t]*)?(?:(?<time>[-+0-9nt]+)[ \t]*)?\r?\z",
        RegexOptions.Singleline | RegexOptions.CultureInvariant);

    private static readonly Regex _blank = new(@"\A[ \t]*(\r|#.*)?\z", RegexOptions.Singleline);

    /// <summary>Reads one line of bytes given as Latin-1.</summary>
    public static string? Read(string line)
    {
        if (_blank.IsMatch(line))
        {
            return "";
        }

        Match match = _line.Match(line);
        string[] names = [
            .. match.Groups["tag"].Captures.Select(tag => NameOf(tag.Value)),
            .. match.Groups["field"].Captures.Select(field => NameOf(field.Value)),
        ];
        int tagCount = match.Groups["tag"].Captures.Count;
        if (!match.Success || !IsUtf8(line) || names.Contains("ts") || names.Contains("time")
            || names[..tagCount].Distinct().Count() != tagCount
            || names[tagCount..].Distinct().Count() != names.Length - tagCount)
        {
            return null;
        }

        string[] cells = [.. match.Groups["field"].Captures
            .Select(field => ReadCell(field.Value[(NameOf(field.Value).Length + 1)..]) is string cell
                ? $"{Unescape(NameOf(field.Value), ",= ")}:{cell}"
                : "")
            .Order(StringComparer.Ordinal)];
        string? time = match.Groups["time"].Success
            ? ReadTime(match.Groups["time"].Value)
            : ParsedLines.ArrivalNs.ToString(CultureInfo.InvariantCulture);
        return time is null || cells.Contains("")
            ? null
            : $"{Utf8(match.Groups["key"].Value)}|{string.Join(' ', cells)}|{time}";
    }

    private static string NameOf(string pair) => Regex.Match(pair, $@"\A{Name}").Value;

    private static string? ReadCell(string value)
    {
        if (value[0] == '"')
        {
            return $"s={Unescape(value[1..^1], "\"\\")}";
        }

        if (value is "t" or "T" or "true" or "True" or "TRUE")
        {
            return "b=true";
        }

        if (value is "f" or "F" or "false" or "False" or "FALSE")
        {
            return "b=false";
        }

        if (Regex.IsMatch(value, @"\A[-+]?[0-9]+i\z|\A\+?[0-9]+u\z"))
        {
            return ReadInteger(value[..^1], 1) is string integer ? $"i={integer}" : null;
        }

        if (Regex.IsMatch(value, @"\A[-+]?[0-9]+[tn]\z"))
        {
            return ReadTime(value) is string time ? $"t={time}" : null;
        }

        if (!Regex.IsMatch(value, @"\A[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\z"))
        {
            return null;
        }

        double number = double.Parse(value, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? $"f={number.ToString("R", CultureInfo.InvariantCulture)}" : null;
    }

    private static string? ReadTime(string value) =>
        !Regex.IsMatch(value, @"\A[-+]?[0-9]+[tn]?\z") ? null
        : value[^1] == 't' ? ReadInteger(value[..^1], 1_000)
        : ReadInteger(value.TrimEnd('n'), 1);

    private static string? ReadInteger(string value, int unit)
    {
        BigInteger integer = BigInteger.Parse(value, CultureInfo.InvariantCulture) * unit;
        bool fits = integer >= long.MinValue && integer <= long.MaxValue;
        return fits ? integer.ToString(CultureInfo.InvariantCulture) : null;
    }

    private static string Unescape(string raw, string escapable) =>
        Utf8(Regex.Replace(raw, $@"\\([{Regex.Escape(escapable)}])", "$1"));

    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));

    private static bool IsUtf8(string latin1) =>
        System.Text.Unicode.Utf8.IsValid(Encoding.Latin1.GetBytes(latin1));
}
