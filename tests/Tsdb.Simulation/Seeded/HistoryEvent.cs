namespace Tsdb.Simulation.Seeded;

/// <summary>What happens in histories: each must, again and again, or they prove nothing of it.</summary>
internal enum HistoryEvent
{
    PowerCut,
    PowerCutInRecovery,
    ProcessKilled,
    TornWrite,
    ReorderedSectors,
    LostSector,
    LostName,
    IoError,
    FailedSync,
    OutOfSpace,
    ShortWrite,
    FullDisk,
    FailingSyncs,
    FlippedBit,
    ClockJump,
    Write,
    AcknowledgedRow,
    UnacknowledgedWrite,
    Refusal,
    Delete,
    DroppedTable,
    Flush,
    Merge,
    Scrub,
    Recovery,
    Read,
}
