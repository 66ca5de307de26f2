namespace Tsdb.Storage;

/// <summary>The storage takes no more writes: it is closed, or a failure made it read-only.</summary>
/// <param name="reason">Why.</param>
/// <param name="cause">The failure, if there was one.</param>
public sealed class StorageClosedException(string reason, Exception? cause = null)
    : InvalidOperationException(reason, cause);
