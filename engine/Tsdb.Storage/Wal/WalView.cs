namespace Tsdb.Storage.Wal;

/// <summary>The log at one moment, as the archive sees it.</summary>
/// <param name="DurableLsn">Every frame up to it is durable.</param>
/// <param name="UntilNs">No frame above <paramref name="DurableLsn"/> is, or will be, committed at or before
/// it; ns since 1970.</param>
/// <param name="Files">The files that hold frames, oldest first; those of dead frames too, while the archive
/// lacks them.</param>
internal readonly record struct WalView(ulong DurableLsn, long UntilNs, IReadOnlyList<WalLogFile> Files)
{
    /// <summary>First LSN that is still to be had.</summary>
    public ulong FirstLsn => Files.Count > 0 ? Files[0].FirstLsn : DurableLsn + 1;

    /// <summary>The file that an LSN is in, if it is in any.</summary>
    public WalLogFile? Find(ulong lsn)
    {
        for (int i = Files.Count - 1; i >= 0; i--)
        {
            if (Files[i].FirstLsn <= lsn)
            {
                return Files[i];
            }
        }

        return null;
    }
}
