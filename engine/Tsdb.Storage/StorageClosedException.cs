namespace Tsdb.Storage;

/// <summary>
/// The storage does not take the request: it is closed, or the world failed it. Unless it is closed or its
/// log is damaged, the same request may be taken later, without a restart.
/// </summary>
/// <param name="reason">Why, in words.</param>
/// <param name="cause">The failure, if there was one.</param>
public sealed class StorageClosedException(string reason, Exception? cause = null)
    : InvalidOperationException(reason, cause)
{
    /// <summary>Why.</summary>
    public StorageRefusal Refusal { get; init; } = StorageRefusal.Closed;

    /// <summary>When to ask again; null when asking again is of no use.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
