using Tsdb.Core;

namespace Tsdb.Server.Results;

/// <summary>What types and qualities are called in text answers.</summary>
internal static class ResultNames
{
    public static string Of(ResultType type) => type switch
    {
        ResultType.Float64 => "float64",
        ResultType.Int64 => "int64",
        ResultType.Bool => "bool",
        ResultType.String => "string",
        ResultType.Timestamp => "timestamp",
        ResultType.Duration => "duration",
        ResultType.Quality => "quality",
        _ => "null",
    };

    public static string OfQuality(ulong word) => word switch
    {
        0 => "BAD",
        1 => "UNCERTAIN",
        _ => "GOOD",
    };
}
