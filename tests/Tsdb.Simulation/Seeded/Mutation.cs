namespace Tsdb.Simulation.Seeded;

/// <summary>A database broken on purpose: what looks for wrong must find each.</summary>
internal enum Mutation
{
    None,

    /// <summary>Rows are acknowledged before they are synced.</summary>
    AcknowledgesUnsynced,

    /// <summary>The log's sync returns and has done nothing.</summary>
    LogSyncLies,

    /// <summary>Syncs of directories return and have done nothing.</summary>
    NamesNotSynced,

    /// <summary>One write in some to the log is dropped, and succeeds.</summary>
    LogWriteDropped,

    /// <summary>A bit of what is read of segments is turned.</summary>
    ReadsFlipped,

    /// <summary>A batch is stored that nobody wrote.</summary>
    RowsInvented,

    /// <summary>Of two batches the later takes its place before the earlier.</summary>
    OrderSwapped,
}
