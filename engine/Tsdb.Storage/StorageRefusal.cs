namespace Tsdb.Storage;

/// <summary>Why a database cannot do what it is asked right now.</summary>
public enum StorageRefusal
{
    /// <summary>It is closed, or closing.</summary>
    Closed,

    /// <summary>The log can be written neither in its file nor in a new one; a new one is tried again and
    /// again.</summary>
    LogFailed,

    /// <summary>The manifest can be written neither in its file nor in a new one; the next change of it tries
    /// again.</summary>
    ManifestFailed,

    /// <summary>Memory is full of rows that could not be flushed yet; flushes are tried again.</summary>
    MemoryFull,

    /// <summary>The device is too full to take more rows; what frees space goes on.</summary>
    DiskFull,

    /// <summary>The log is still being replayed.</summary>
    Replaying,

    /// <summary>The log has lost rows that were acknowledged, and nobody has decided to go on without
    /// them.</summary>
    LogDamaged,
}
