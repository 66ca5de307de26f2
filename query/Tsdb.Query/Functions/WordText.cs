using System.Globalization;
using Tsdb.Core;

namespace Tsdb.Query.Functions;

/// <summary>Values as text, as CAST to text and EXPLAIN give them.</summary>
internal static class WordText
{
    private static readonly string[] _qualities = ["BAD", "UNCERTAIN", "GOOD"];

    public static string Format(ResultType type, ulong word) => type switch
    {
        ResultType.Float64 =>
            BitConverter.UInt64BitsToDouble(word).ToString("R", CultureInfo.InvariantCulture),
        ResultType.Int64 => ((long)word).ToString(CultureInfo.InvariantCulture),
        ResultType.Bool => word != 0 ? "true" : "false",
        ResultType.Timestamp => new Timestamp((long)word).ToString(),
        ResultType.Duration => new Language.DurationLiteral(0, (long)word).ToString(),
        ResultType.Quality => _qualities[word],
        _ => "NULL",
    };

    public static bool TryParseQuality(string text, out ulong word)
    {
        int index = Array.FindIndex(
            _qualities, name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
        word = (ulong)Math.Max(0, index);
        return index >= 0;
    }

    public static string NameOf(ResultType type) => type switch
    {
        ResultType.Float64 => "double",
        ResultType.Int64 => "bigint",
        ResultType.Bool => "boolean",
        ResultType.String => "text",
        ResultType.Timestamp => "timestamp",
        ResultType.Duration => "interval",
        ResultType.Quality => "quality",
        _ => "null",
    };
}
