namespace Tsdb.Storage.Wal;

/// <summary>A log file to be begun: what its header says, and how much room its frames need at
/// least.</summary>
internal readonly record struct WalNewFile(
    ulong FirstLsn, uint PreviousCrc32C, long CommitFloorNs, int FramesSizeBytes);
