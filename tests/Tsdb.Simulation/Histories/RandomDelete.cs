using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>A delete, as the storage takes it and as the model does.</summary>
/// <param name="Command">For the storage.</param>
/// <param name="Table">The table's name.</param>
/// <param name="Series">Texts of the series; null for all.</param>
internal sealed record RandomDelete(DeleteRows Command, string Table, IReadOnlySet<string>? Series)
{
    /// <summary>Some series of some table in some span of time; null when there is no table.</summary>
    public static RandomDelete? Draw(StorageEngine storage, RowGenerator generator, Random random)
    {
        IReadOnlyList<TableSchema> tables = storage.Catalog.Tables;
        if (tables.Count == 0)
        {
            return null;
        }

        TableSchema table = tables[random.Next(tables.Count)];
        TimeRange range = random.Next(4) == 0
            ? TimeRange.All
            : new TimeRange(generator.NextBoundNs(), generator.NextBoundNs());
        range = range.IsEmpty ? new TimeRange(range.ToNs, range.FromNs) : range;
        if (random.Next(3) == 0)
        {
            return new RandomDelete(new DeleteRows(table.TableId, range, null), table.Name, null);
        }

        TagIndex tags = storage.Catalog.GetTags(table);
        List<SeriesId> series = [];
        HashSet<string> names = [];
        for (int ordinal = 0; ordinal < tags.SeriesCount; ordinal++)
        {
            if (random.Next(2) == 0)
            {
                series.Add(tags.GetSeries(ordinal));
                names.Add(DatabaseReading.NameOf(tags, ordinal));
            }
        }

        series.Sort();
        return new RandomDelete(new DeleteRows(table.TableId, range, series), table.Name, names);
    }

    public void Apply(DatabaseModel model)
    {
        if (!model.Tables.TryGetValue(Table, out TableModel? table))
        {
            return;
        }

        foreach ((string series, SortedDictionary<long, RowModel> rows) in table.Series)
        {
            if (Series is null || Series.Contains(series))
            {
                foreach (long timestampNs in rows.Keys.Where(Command.Range.Contains).ToList())
                {
                    rows.Remove(timestampNs);
                }
            }
        }
    }
}
