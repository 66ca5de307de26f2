using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Indexing;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Catalogs;

/// <summary>
/// Tables, columns, tags and series of one database. Every addition is also written as a definition record,
/// which
/// the commit thread logs before the first row that uses it.
/// </summary>
/// <remarks>Additions take <see cref="Gate"/>; look-ups take no lock.</remarks>
#pragma warning disable CA1506 // The one place that everything named is found from.
internal sealed class CatalogStore
#pragma warning restore CA1506
{
    // Some 100 bytes each.
    private const int StreamCountMax = 100_000;

    private readonly Dictionary<string, TableState> _byName = [];
    private readonly PublishedList<TableState> _tables = new();
    private readonly NativeList<SeriesPlace>[] _placesByShard;
    private Dictionary<string, TableState> _publishedByName = [];
    private readonly ByteSlab _undrained = new();
    private readonly TextHeap _tagTexts;
    private readonly TimeProvider _clock;
    private readonly long _startTicks;
    private long _refusalCount;
    private long _minute;
    private int _seriesCount;

    /// <param name="shardCount">Shards of the database.</param>
    /// <param name="account">Pays for the native memory; null when nobody asks.</param>
    /// <param name="clock">Says when series came; null for the system's.</param>
    public CatalogStore(int shardCount, MemoryAccount? account = null, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _startTicks = _clock.GetTimestamp();
        Memory = new NativeHeap(account);
        Keys = new SeriesKeyTable(Memory);
        SeriesByTags = new SeriesByTags(this);
        _tagTexts = new TextHeap(Memory);
        _placesByShard = new NativeList<SeriesPlace>[shardCount];
        for (int i = 0; i < shardCount; i++)
        {
            _placesByShard[i] = new NativeList<SeriesPlace>(Memory);
        }
    }

    /// <summary>Held by whoever adds.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Where everything that grows with the number of series lies.</summary>
    public NativeHeap Memory { get; }

    /// <summary>The spellings that senders used.</summary>
    public SeriesKeyTable Keys { get; }

    public SeriesByTags SeriesByTags { get; }

    /// <summary>How far the senders' numbered streams have come.</summary>
    public StreamSequences Streams { get; } = new(StreamCountMax);

    public int ShardCount => _placesByShard.Length;

    public int SeriesCount => Volatile.Read(ref _seriesCount);

    /// <summary>Tables ever made: the highest id.</summary>
    public int TableCount => _tables.Count;

    /// <summary>Tables that are not dropped.</summary>
    public int LiveTableCount => Volatile.Read(ref _publishedByName).Count;

    public IReadOnlyList<TableSchema> Tables
    {
        get
        {
            List<TableSchema> schemas = [];
            foreach (TableState table in _tables.Items)
            {
                if (!table.IsDropped)
                {
                    schemas.Add(table.Schema);
                }
            }

            return schemas;
        }
    }

    public TableState? FindTable(string name) => Volatile.Read(ref _publishedByName).GetValueOrDefault(name);

    public TableState GetTable(int tableId) => _tables[tableId - 1];

    public SeriesPlace GetPlace(SeriesId series) =>
        _placesByShard[ShardOf(series)][(int)(series.Value / (uint)ShardCount)];

    public int GetSeriesCount(int shard) => _placesByShard[shard].Count;

    public int ShardOf(SeriesId series) => (int)(series.Value % (uint)ShardCount);

    /// <summary>Rows refused since the start because their series would have exceeded a limit.</summary>
    public long RefusalCount => Volatile.Read(ref _refusalCount);

    /// <summary>Notes the time, once for all that is added until the lock is let go.</summary>
    public void StartAdding() => _minute = Minute;

    /// <summary>Minutes since the start.</summary>
    private long Minute => (long)_clock.GetElapsedTime(_startTicks).TotalMinutes;

    /// <summary>Counts a row that was refused for the sake of a limit.</summary>
    public void NoteRefusal() => Interlocked.Increment(ref _refusalCount);

    /// <summary>How many values and series each tag key of a table has. O(tag keys).</summary>
    public void AddCardinality(TableState table, ICollection<TagCardinality> target)
    {
        lock (Gate)
        {
            string name = table.Schema.Name;
            int newSeriesCount = table.NewSeries.Read(Minute);
            ReadOnlySpan<TagKeyIndex> keys = table.Tags.Keys;
            for (int i = 0; i < keys.Length; i++)
            {
                TagKeyIndex key = keys[i];
                int newValueCount = table.NewValues[i].Read(Minute);
                target.Add(new TagCardinality(
                    name, key.Key, key.Values.Count, key.SeriesCount, newValueCount, newSeriesCount));
            }

            if (keys.IsEmpty)
            {
                target.Add(new TagCardinality(name, null, 0, table.Tags.SeriesCount, 0, newSeriesCount));
            }
        }
    }

    /// <summary>Adds the definitions not yet taken to <paramref name="target"/>. Called by the commit thread
    /// before each frame.</summary>
    public void DrainDefinitions(ByteSlab target)
    {
        lock (Gate)
        {
            target.Append(_undrained.Span);
            _undrained.Clear();
        }
    }

    /// <summary>Adds the latest number of each sender's stream that was noted since the last call.</summary>
    public void DrainStreams(ByteChain target) => Streams.DrainUnflushed(target);

    public TableState AddTable(string name)
    {
        int tableId = _tables.Count + 1;
        _undrained.WriteByte((byte)DefinitionKind.Table);
        _undrained.WriteVarInt((ulong)tableId);
        WriteText(name);
        return ApplyTable(tableId, name);
    }

    public ColumnSchema AddColumn(TableState table, string name, ColumnType type)
    {
        ColumnSchema column = new(table.Schema.Columns.Count + 1, name, type);
        _undrained.WriteByte((byte)DefinitionKind.Column);
        _undrained.WriteVarInt((ulong)table.Schema.TableId);
        _undrained.WriteVarInt((ulong)column.ColumnId);
        _undrained.WriteByte((byte)type);
        WriteText(name);
        table.AddColumn(column);
        return column;
    }

    public void SetColumnType(TableState table, int columnId, ColumnType type)
    {
        _undrained.WriteByte((byte)DefinitionKind.ColumnType);
        _undrained.WriteVarInt((ulong)table.Schema.TableId);
        _undrained.WriteVarInt((ulong)columnId);
        _undrained.WriteByte((byte)type);
        table.SetColumnType(columnId, type);
    }

    public void AddTagKey(TableState table, string key)
    {
        _undrained.WriteByte((byte)DefinitionKind.TagKey);
        _undrained.WriteVarInt((ulong)table.Schema.TableId);
        WriteText(key);
        table.AddTagKey(key);
    }

    /// <returns>The value's id.</returns>
    public int AddTagValue(TableState table, int key, ReadOnlySpan<byte> value)
    {
        _undrained.WriteByte((byte)DefinitionKind.TagValue);
        _undrained.WriteVarInt((ulong)table.Schema.TableId);
        _undrained.WriteVarInt((ulong)key);
        _undrained.WriteBytes(value);
        table.NewValues[key].Note(_minute);
        return table.Tags.Keys[key].Values.Add(value);
    }

    /// <param name="table">Its table.</param>
    /// <param name="valueIds">For each of the table's tag keys the value's id, or -1.</param>
    public SeriesId AddSeries(TableState table, ReadOnlySpan<int> valueIds)
    {
        ulong hash = SeriesByTags.ComputeHash(table.Schema.TableId, valueIds);
        int shard = (int)((uint)hash % (uint)ShardCount);
        SeriesId series = new(((uint)_placesByShard[shard].Count * (uint)ShardCount) + (uint)shard);
        _undrained.WriteByte((byte)DefinitionKind.Series);
        _undrained.WriteVarInt(series.Value);
        _undrained.WriteVarInt((ulong)table.Schema.TableId);
        _undrained.WriteVarInt((ulong)valueIds.Length);
        foreach (int valueId in valueIds)
        {
            _undrained.WriteVarInt((ulong)(valueId + 1));
        }

        ApplySeries(series, table, valueIds, hash);
        table.NewSeries.Note(_minute);
        return series;
    }

    /// <summary>Ends a table: its name and its series' keys are free when this returns.</summary>
    public void DropTable(TableState table)
    {
        if (table.IsDropped)
        {
            return;
        }

        table.Drop();
        _byName.Remove(table.Schema.Name);
        PublishNames();
        Keys.Remove(series => GetPlace(series).TableId == table.Schema.TableId);
        Volatile.Write(ref _seriesCount, _seriesCount - table.Tags.SeriesCount);
    }

    /// <summary>Takes a table that a log defines.</summary>
    internal TableState ApplyTable(int tableId, string name)
    {
        Invariant.Holds(tableId == _tables.Count + 1);
        TableState table = new(tableId, name, new TableTags(Memory, _tagTexts));
        _tables.Add(table);
        _byName.Add(name, table);
        PublishNames();
        return table;
    }

    /// <summary>Takes a series that a log defines.</summary>
    internal void ApplySeries(SeriesId series, TableState table, ReadOnlySpan<int> valueIds, ulong hash)
    {
        NativeList<SeriesPlace> places = _placesByShard[ShardOf(series)];
        Invariant.Holds(series.Value / (uint)ShardCount == (uint)places.Count);
        int ordinal = table.Tags.AddSeries(series, valueIds);
        places.Add(new SeriesPlace(table.Schema.TableId, ordinal));
        SeriesByTags.Add(hash, series);
        Volatile.Write(ref _seriesCount, _seriesCount + (table.IsDropped ? 0 : 1));
    }

    /// <summary>Tables are few and new ones rare: readers get a copy of their own and need no lock.</summary>
    private void PublishNames() =>
        Volatile.Write(ref _publishedByName, new Dictionary<string, TableState>(_byName));

    private void WriteText(string text) => _undrained.WriteBytes(Encoding.UTF8.GetBytes(text));
}
