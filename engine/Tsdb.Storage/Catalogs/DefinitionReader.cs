using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Indexing;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Catalogs;

/// <summary>Applies logged definition records to a catalog, at start.</summary>
/// <remarks>
/// The catalog log ends where the WAL's frames may begin to repeat it: a definition that is already there is
/// passed over, so replaying twice is replaying once.
/// </remarks>
internal sealed class DefinitionReader(CatalogStore catalog)
{
    /// <summary>Applies all records; false when they are malformed or contradict the catalog.</summary>
    public bool TryApply(ReadOnlySpan<byte> definitions)
    {
        RecordReader reader = new(definitions);
        lock (catalog.Gate)
        {
            while (!reader.IsAtEnd)
            {
                if (!TryApplyNext(ref reader) || reader.IsBroken)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryApplyNext(ref RecordReader reader) => (DefinitionKind)reader.ReadByte() switch
    {
        DefinitionKind.Table => TryApplyTable(ref reader),
        DefinitionKind.Column => TryApplyColumn(ref reader),
        DefinitionKind.ColumnType => TryApplyColumnType(ref reader),
        DefinitionKind.TagKey => TryApplyTagKey(ref reader),
        DefinitionKind.TagValue => TryApplyTagValue(ref reader),
        DefinitionKind.Series => TryApplySeries(ref reader),
        DefinitionKind.TableDropped => TryApplyDrop(ref reader),
        DefinitionKind.TableOptions => TryApplyOptions(ref reader),
        DefinitionKind.Rollup => RollupRecord.TryApply(ref reader, ReadTable(ref reader)),
        DefinitionKind.RollupDropped => RollupRecord.TryApplyDrop(ref reader, ReadTable(ref reader)),
        DefinitionKind.StreamSequence => TryApplyStreamSequence(ref reader),
        _ => false,
    };

    private bool TryApplyStreamSequence(ref RecordReader reader)
    {
        string streamId = ReadText(ref reader);
        ulong sequence = reader.ReadVarInt();
        if (!reader.IsBroken)
        {
            catalog.Streams.Apply(new StreamPosition(streamId, sequence));
        }

        return true;
    }

    private bool TryApplyTable(ref RecordReader reader)
    {
        int tableId = reader.ReadInt32();
        string name = ReadText(ref reader);
        if (reader.IsBroken || tableId > catalog.TableCount + 1 || tableId < 1)
        {
            return false;
        }

        if (tableId <= catalog.TableCount)
        {
            return catalog.GetTable(tableId).Schema.Name == name;
        }

        // Two tables of one name are no catalogue of ours: the first one would be out of reach.
        if (catalog.FindTable(name) is not null)
        {
            return false;
        }

        catalog.ApplyTable(tableId, name);
        return true;
    }

    private bool TryApplyColumn(ref RecordReader reader)
    {
        TableState? table = ReadTable(ref reader);
        int columnId = reader.ReadInt32();
        ColumnType type = (ColumnType)reader.ReadByte();
        string name = ReadText(ref reader);
        if (reader.IsBroken || table is null || columnId < 1 || columnId > table.Schema.Columns.Count + 1)
        {
            return false;
        }

        if (columnId <= table.Schema.Columns.Count)
        {
            return table.Schema.Columns[columnId - 1].Name == name;
        }

        table.AddColumn(new ColumnSchema(columnId, name, type));
        return true;
    }

    private bool TryApplyColumnType(ref RecordReader reader)
    {
        TableState? table = ReadTable(ref reader);
        int columnId = reader.ReadInt32();
        ColumnType type = (ColumnType)reader.ReadByte();
        if (reader.IsBroken || table is null || columnId < 1 || columnId > table.Schema.Columns.Count)
        {
            return false;
        }

        table.SetColumnType(columnId, type);
        return true;
    }

    private bool TryApplyTagKey(ref RecordReader reader)
    {
        TableState? table = ReadTable(ref reader);
        string key = ReadText(ref reader);
        if (reader.IsBroken || table is null)
        {
            return false;
        }

        if (table.Tags.FindKey(key) < 0)
        {
            table.AddTagKey(key);
        }

        return true;
    }

    private bool TryApplyTagValue(ref RecordReader reader)
    {
        TableState? table = ReadTable(ref reader);
        int key = reader.ReadInt32();
        ReadOnlySpan<byte> value = reader.ReadBytes();
        if (reader.IsBroken || table is null || key >= table.Tags.Keys.Length)
        {
            return false;
        }

        TagDictionary values = table.Tags.Keys[key].Values;
        if (values.Find(value) < 0)
        {
            values.Add(value);
        }

        return true;
    }

    private bool TryApplySeries(ref RecordReader reader)
    {
        ulong id = reader.ReadVarInt();
        TableState? table = ReadTable(ref reader);
        int keyCount = reader.ReadInt32(table?.Tags.Keys.Length ?? 0);
        Span<int> valueIds = keyCount <= 64 ? stackalloc int[keyCount] : new int[keyCount];
        for (int i = 0; i < keyCount; i++)
        {
            valueIds[i] = reader.ReadInt32(table!.Tags.Keys[i].Values.Count) - 1;
        }

        if (reader.IsBroken || table is null || id >= uint.MaxValue)
        {
            return false;
        }

        SeriesId series = new((uint)id);
        int known = catalog.GetSeriesCount(catalog.ShardOf(series));
        long place = series.Value / (uint)catalog.ShardCount;
        if (place > known)
        {
            return false;
        }

        if (place == known)
        {
            ulong hash = catalog.SeriesByTags.ComputeHash(table.Schema.TableId, valueIds);
            catalog.ApplySeries(series, table, valueIds, hash);
        }

        return true;
    }

    private bool TryApplyDrop(ref RecordReader reader)
    {
        TableState? table = ReadTable(ref reader);
        if (table is not null)
        {
            catalog.DropTable(table);
        }

        return table is not null;
    }

    private bool TryApplyOptions(ref RecordReader reader)
    {
        TableState? table = ReadTable(ref reader);
        if (table is null || !TableOptionRecord.TryRead(ref reader, out TableOptions? options))
        {
            return false;
        }

        table.SetOptions(options);
        return true;
    }

    private TableState? ReadTable(ref RecordReader reader)
    {
        int tableId = reader.ReadInt32();
        return tableId < 1 || tableId > catalog.TableCount ? null : catalog.GetTable(tableId);
    }

    private static string ReadText(ref RecordReader reader) => Encoding.UTF8.GetString(reader.ReadBytes());
}
