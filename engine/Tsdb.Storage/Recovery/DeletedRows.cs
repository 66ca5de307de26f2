using Tsdb.Core;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Deletes;

namespace Tsdb.Storage.Recovery;

/// <summary>Keeps rows of the log from coming back that a later delete took away.</summary>
internal static class DeletedRows
{
    /// <summary>The batch without the rows that deletes at or after its frame meant.</summary>
    public static ResolvedBatch Remove(ResolvedBatch batch, ulong lsn, TombstoneSet tombstones)
    {
        if (tombstones.LastLsn < lsn)
        {
            return batch;
        }

        for (int i = 0; i < batch.TableCount; i++)
        {
            ResolvedTable table = batch.GetTable(i);
            bool[] isRemoved = new bool[table.Rows.RowCount];
            bool isAny = false;
            foreach (Tombstone tombstone in tombstones.Items)
            {
                isAny |= tombstone.Lsn >= lsn && Mark(table, tombstone, isRemoved);
            }

            if (isAny)
            {
                table.RemoveRows(isRemoved);
            }
        }

        return batch;
    }

    private static bool Mark(ResolvedTable table, Tombstone tombstone, bool[] isRemoved)
    {
        bool isAny = false;
        int tableId = table.Table.Schema.TableId;
        for (int row = 0; row < isRemoved.Length; row++)
        {
            if (tombstone.Range.Contains(table.Rows.TimestampsNs[row])
                && tombstone.Covers(new SeriesId(table.SeriesIds[row]), tableId))
            {
                isRemoved[row] = true;
                isAny = true;
            }
        }

        return isAny;
    }
}
