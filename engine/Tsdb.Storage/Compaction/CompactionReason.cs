namespace Tsdb.Storage.Compaction;

/// <summary>Why segments are merged; a lower one goes first.</summary>
internal enum CompactionReason
{
    /// <summary>A read meets too many runs.</summary>
    ReadAmplification,

    /// <summary>Late rows are a large part of their window.</summary>
    LateShare,

    /// <summary>The window is closed: it gets its final form.</summary>
    ClosedWindow,

    /// <summary>Windows are old enough to be put together into a longer one.</summary>
    LongerWindow,

    /// <summary>An operator asked for it.</summary>
    Requested,

    /// <summary>Rows that are deleted or too old have their deadline to leave the files.</summary>
    Erasure,
}
