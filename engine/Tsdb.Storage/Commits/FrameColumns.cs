using Tsdb.Core;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>Looks ahead at which columns a record of rows has.</summary>
/// <param name="body">The record, behind its row count.</param>
/// <param name="rowCount">Its rows.</param>
internal readonly ref struct FrameColumns(RecordReader body, int rowCount)
{
    private readonly RecordReader _body = body;

    /// <summary>Whether they are all columns of a table, and every row has each.</summary>
    public bool AreOf(ResolvedTable table)
    {
        RecordReader reader = _body;
        ChunkCodec.SkipBlocks(ref reader, rowCount);
        ChunkCodec.SkipBlocks(ref reader, rowCount);
        if (!table.IsDense || reader.ReadInt32() != table.Columns.Count)
        {
            return false;
        }

        foreach (ResolvedColumn column in table.Columns)
        {
            ColumnKey key = ColumnKey.FromPacked((uint)reader.ReadInt32());
            ColumnType type = (ColumnType)reader.ReadByte();
            bool isSparse = reader.ReadByte() != 0;
            int cellCount = reader.ReadInt32();
            ChunkCodec.SkipBlocks(ref reader, cellCount);
            bool isSame = key == column.Key && type == column.Type && !isSparse && cellCount == rowCount;
            if (reader.IsBroken || !isSame)
            {
                return false;
            }
        }

        return true;
    }
}
