using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>Reads a database and says where it differs from what it must hold.</summary>
internal static class DatabaseReading
{
    /// <summary>The first difference over everything that is there; null when there is none.</summary>
    public static string? FindDifference(StorageEngine storage, DatabaseModel model)
    {
        using StorageSnapshot snapshot = storage.OpenSnapshot();
        model.SetTime(storage.GetStatistics().EventTime);
        foreach (TableSchema table in storage.Catalog.Tables)
        {
            TableModel expected = model.Tables.GetValueOrDefault(table.Name) ?? new TableModel();
            string? difference = FindDifference(snapshot, table, expected, ReadPlan.All(table));
            if (difference is not null)
            {
                return difference;
            }
        }

        string[] missing =
            [.. model.Tables.Keys.Except(storage.Catalog.Tables.Select(static table => table.Name))];
        return missing.Length > 0 ? $"no table {missing[0]}" : null;
    }

    /// <summary>The first difference in what a plan reads of one table; null when there is none.</summary>
    public static string? FindDifference(
        StorageSnapshot snapshot, TableSchema table, TableModel model, ReadPlan plan)
    {
        TagIndex tags = snapshot.FindTags(table);
        SeriesReader reader = snapshot.CreateReader(table, plan.Keys);
        HashSet<string> seen = [];
        for (int ordinal = 0; ordinal < tags.SeriesCount; ordinal++)
        {
            string series = NameOf(tags, ordinal);
            if (!seen.Add(series))
            {
                return $"{table.Name} has the series '{series}' twice";
            }

            reader.Open(tags.GetSeries(ordinal), plan.Range, plan.IsDescending);
            string? difference = new SeriesReading(reader, plan, model).FindDifference(
                model.Series.GetValueOrDefault(series) ?? []);
            if (difference is not null)
            {
                return $"{table.Name} '{series}', reading {plan}: {difference}";
            }
        }

        string[] missing = [.. model.Series.Keys.Except(seen)];
        return missing.Length > 0 ? $"{table.Name} has no series '{missing[0]}'" : null;
    }

    public static string NameOf(TagIndex tags, int ordinal)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        for (int key = 0; key < tags.TagKeyCount; key++)
        {
            int valueId = tags.GetValueId(key, ordinal);
            if (valueId >= 0)
            {
                found.Add(tags.GetTagKey(key), tags.GetValue(key, valueId));
            }
        }

        return SeriesName.TextOf(found);
    }
}
