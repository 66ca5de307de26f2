using Tsdb.Core;

namespace Tsdb.Query;

/// <summary>A value for <c>$name</c> or <c>$1</c>. A text also serves as timestamp, duration or
/// quality.</summary>
public sealed class QueryParameter
{
    private QueryParameter(ResultType type, ulong word, string? text)
    {
        Type = type;
        Word = word;
        Text = text;
    }

    /// <summary>SQL NULL.</summary>
    public static QueryParameter Null { get; } = new(ResultType.Null, 0, null);

    /// <summary>The value's type.</summary>
    public ResultType Type { get; }

    internal ulong Word { get; }

    internal string? Text { get; }

    /// <summary>A 64-bit integer.</summary>
    public static QueryParameter FromInt64(long value) => new(ResultType.Int64, (ulong)value, null);

    /// <summary>A binary64 number.</summary>
    public static QueryParameter FromFloat64(double value) =>
        new(ResultType.Float64, BitConverter.DoubleToUInt64Bits(value), null);

    /// <summary>A truth value.</summary>
    public static QueryParameter FromBool(bool value) => new(ResultType.Bool, value ? 1UL : 0UL, null);

    /// <summary>A text.</summary>
    public static QueryParameter FromText(string value) => new(ResultType.String, 0, value);

    /// <summary>An instant.</summary>
    public static QueryParameter FromTimestamp(Timestamp value) =>
        new(ResultType.Timestamp, (ulong)value.UnixNs, null);

    /// <summary>A span of time, in ns.</summary>
    public static QueryParameter FromDuration(long durationNs) =>
        new(ResultType.Duration, (ulong)durationNs, null);
}
