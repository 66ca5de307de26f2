namespace Tsdb.Storage.Archives;

/// <summary>What pieces of a log cover together.</summary>
internal static class ArchiveCoverage
{
    /// <summary>The last run of LSNs between two pieces that is in none; null when there is none.</summary>
    /// <param name="pieces">By first LSN.</param>
    public static ArchiveRange? FindLastGap(IReadOnlyList<ArchiveRange> pieces)
    {
        ArchiveRange? gap = null;
        ulong coveredLsn = pieces.Count > 0 ? pieces[0].LastLsn : 0;
        foreach (ArchiveRange piece in pieces)
        {
            if (piece.FirstLsn > coveredLsn + 1)
            {
                gap = new ArchiveRange(coveredLsn + 1, piece.FirstLsn - 1);
            }

            coveredLsn = Math.Max(coveredLsn, piece.LastLsn);
        }

        return gap;
    }
}
