using System.Globalization;

namespace Tsdb.Bench.Workload;

/// <summary>"--name value" pairs after the command; a "--name" without a value is a switch.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public Arguments(string[] words)
    {
        Line = string.Join(' ', words);
        Command = words.Length > 0 ? words[0] : "help";
        for (int i = 1; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{words[i]}' is no option; see 'workload help'");
            }

            bool hasValue = i + 1 < words.Length && !words[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[words[i][2..]] = hasValue ? words[++i] : "";
        }
    }

    /// <summary>The words as given, for reports.</summary>
    public string Line { get; }

    public string Command { get; }

    public string Text(string name, string fallback)
    {
        _used.Add(name);
        return _values.GetValueOrDefault(name, fallback);
    }

    public int Number(string name, int fallback) =>
        int.Parse(Text(name, fallback.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    public bool Switch(string name)
    {
        _used.Add(name);
        return _values.ContainsKey(name);
    }

    public string[] List(string name, string fallback) =>
        Text(name, fallback).Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Refuses options that nobody has asked for: a misspelt one would silently measure something
    /// else.</summary>
    public void RefuseUnknown()
    {
        if (_values.Keys.FirstOrDefault(name => !_used.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"unknown option --{unknown}; see 'workload help'");
        }
    }
}
