using System.Text;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>Status code and whole body of one reply.</summary>
internal sealed record HttpReply(int Code, byte[] Body)
{
    /// <summary>When to come back; null where the reply does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>The beginning of the body, for messages.</summary>
    public string Excerpt => Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 300)));
}
