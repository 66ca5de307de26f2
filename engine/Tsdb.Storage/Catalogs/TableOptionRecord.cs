using System.Diagnostics.CodeAnalysis;
using Tsdb.Core;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Catalogs;

/// <summary>The options in a definition record: their count, then kind u8 and value of each. See
/// docs/formats/manifest.md, "Catalogue log".</summary>
internal static class TableOptionRecord
{
    /// <summary>The record of a table's end.</summary>
    public static void WriteDrop(ByteSlab target, int tableId)
    {
        target.WriteByte((byte)DefinitionKind.TableDropped);
        target.WriteVarInt((ulong)tableId);
    }

    /// <summary>The record of what is set on a table.</summary>
    public static void WriteOptions(ByteSlab target, int tableId, TableOptions options)
    {
        target.WriteByte((byte)DefinitionKind.TableOptions);
        target.WriteVarInt((ulong)tableId);
        Write(target, options);
    }

    public static void Write(ByteSlab target, TableOptions options)
    {
        target.WriteVarInt(options.Ttl is null ? 0UL : 1);
        if (options.Ttl is { } ttl)
        {
            target.WriteByte((byte)TableOptionKind.Ttl);
            target.WriteVarInt((ulong)(ttl.Ticks * TimeSpan.NanosecondsPerTick));
        }
    }

    /// <summary>False when an option is of a kind that this version does not know.</summary>
    public static bool TryRead(ref RecordReader reader, [NotNullWhen(true)] out TableOptions? options)
    {
        options = null;
        TableOptions found = TableOptions.None;
        int count = reader.ReadInt32(byte.MaxValue);
        for (int i = 0; i < count; i++)
        {
            if ((TableOptionKind)reader.ReadByte() != TableOptionKind.Ttl)
            {
                return false;
            }

            ulong ttlNs = reader.ReadVarInt();
            if (reader.IsBroken || ttlNs > long.MaxValue)
            {
                return false;
            }

            found = found with { Ttl = TimeSpan.FromTicks((long)ttlNs / TimeSpan.NanosecondsPerTick) };
        }

        options = found;
        return !reader.IsBroken;
    }
}
