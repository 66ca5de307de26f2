namespace Tsdb.Storage.Archives;

/// <summary>What pieces of a log cover together.</summary>
internal static class ArchiveCoverage
{
    /// <summary>The last run of LSNs that a restore from the last backup lacks; null when there is
    /// none.</summary>
    /// <param name="pieces">By first LSN.</param>
    /// <param name="backupLsn">The last LSN in the last backup; null without one: then nothing before the
    /// first piece is of use.</param>
    /// <param name="nextLsn">Where the archive goes on.</param>
    public static ArchiveRange? FindLastGap(
        IReadOnlyList<ArchiveRange> pieces, ulong? backupLsn, ulong nextLsn)
    {
        ArchiveRange? gap = null;
        ulong coveredLsn = backupLsn ?? (pieces.Count > 0 ? pieces[0].LastLsn : nextLsn - 1);
        foreach (ArchiveRange piece in pieces)
        {
            if (piece.FirstLsn > coveredLsn + 1)
            {
                gap = new ArchiveRange(coveredLsn + 1, piece.FirstLsn - 1);
            }

            coveredLsn = Math.Max(coveredLsn, piece.LastLsn);
        }

        return nextLsn > coveredLsn + 1 ? new ArchiveRange(coveredLsn + 1, nextLsn - 1) : gap;
    }
}
