using Tsdb.Core;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Catalogs;

/// <summary>The definition records of tiers. See docs/formats/manifest.md, "Catalogue log".</summary>
internal static class RollupRecord
{
    /// <summary>The record of a new tier.</summary>
    public static void Write(ByteSlab target, int tableId, RollupDefinition rollup)
    {
        target.WriteByte((byte)DefinitionKind.Rollup);
        target.WriteVarInt((ulong)tableId);
        target.WriteVarInt((ulong)rollup.RollupId);
        target.WriteVarInt((ulong)rollup.EveryNs);
        target.WriteVarInt(rollup.ColumnIds is null ? 0UL : (ulong)rollup.ColumnIds.Count + 1);
        foreach (int columnId in rollup.ColumnIds ?? [])
        {
            target.WriteVarInt((ulong)columnId);
        }
    }

    /// <summary>The record of a tier's end.</summary>
    public static void WriteDrop(ByteSlab target, int tableId, int rollupId)
    {
        target.WriteByte((byte)DefinitionKind.RollupDropped);
        target.WriteVarInt((ulong)tableId);
        target.WriteVarInt((ulong)rollupId);
    }

    /// <summary>Applies a record of a new tier, one that is known already included; false when it is
    /// malformed.</summary>
    public static bool TryApply(ref RecordReader reader, TableState? table)
    {
        int rollupId = reader.ReadInt32();
        ulong everyNs = reader.ReadVarInt();
        int columnCount = reader.ReadInt32(table is null ? 0 : table.Schema.Columns.Count + 1) - 1;
        int[]? columnIds = columnCount < 0 ? null : new int[columnCount];
        for (int i = 0; i < columnCount; i++)
        {
            columnIds![i] = reader.ReadInt32(table!.Schema.Columns.Count);
        }

        bool isSound = !reader.IsBroken && table is not null && rollupId >= 1
            && rollupId <= table.NextRollupId
            && everyNs is > 0 and <= (ulong)RollupDefinition.EveryNsMax;
        if (isSound && rollupId == table!.NextRollupId)
        {
            table.AddRollup(new RollupDefinition(rollupId, (long)everyNs, columnIds));
        }

        return isSound;
    }

    /// <summary>Applies a record of a tier's end.</summary>
    public static bool TryApplyDrop(ref RecordReader reader, TableState? table)
    {
        int rollupId = reader.ReadInt32();
        if (reader.IsBroken || table is null)
        {
            return false;
        }

        table.DropRollup(rollupId);
        return true;
    }
}
