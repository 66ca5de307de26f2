using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>What a database must hold: sorted dictionaries with the documented rules, and nothing
/// clever.</summary>
internal sealed class DatabaseModel
{
    public SortedDictionary<string, TableModel> Tables { get; } = new(StringComparer.Ordinal);

    /// <summary>The model after some batches, in commit order.</summary>
    public static DatabaseModel After(IEnumerable<IReadOnlyList<WrittenRow>> batches)
    {
        DatabaseModel model = new();
        foreach (IReadOnlyList<WrittenRow> batch in batches)
        {
            model.Apply(batch);
        }

        return model;
    }

    /// <summary>
    /// Takes over the tables and columns of a batch that is under way: the catalogue may have them, or a
    /// column its wider type, before the log has the rows.
    /// </summary>
    public DatabaseModel Define(IReadOnlyList<WrittenRow> batch)
    {
        foreach (IGrouping<string, WrittenRow> group in
            batch.GroupBy(static row => row.Series.Table, StringComparer.Ordinal))
        {
            Tables.GetValueOrDefault(group.Key)?.Define(group);
        }

        return this;
    }

    /// <summary>A batch that was lost may have left a wider column: those that the database knows as floats
    /// are.</summary>
    public DatabaseModel Widen(Catalog catalog)
    {
        foreach (TableSchema table in catalog.Tables)
        {
            Tables.GetValueOrDefault(table.Name)?.Widen(table);
        }

        return this;
    }

    /// <summary>One that can be changed without this one changing.</summary>
    public DatabaseModel Copy()
    {
        DatabaseModel copy = new();
        foreach ((string name, TableModel table) in Tables)
        {
            copy.Tables.Add(name, table.Copy());
        }

        return copy;
    }

    /// <summary>Hides what is too old at a time; null: nothing.</summary>
    public void SetTime(Timestamp? now)
    {
        foreach (TableModel table in Tables.Values)
        {
            table.SetTime(now);
        }
    }

    /// <summary>Adds a batch; returns how many of its rows fit.</summary>
    public int Apply(IReadOnlyList<WrittenRow> batch)
    {
        int storedCount = 0;
        foreach (IGrouping<string, WrittenRow> group in
            batch.GroupBy(static row => row.Series.Table, StringComparer.Ordinal))
        {
            if (!Tables.TryGetValue(group.Key, out TableModel? table))
            {
                Tables.Add(group.Key, table = new TableModel());
            }

            table.Define(group);
            foreach (WrittenRow row in group.Where(table.Takes))
            {
                table.Add(row);
                storedCount++;
            }
        }

        return storedCount;
    }
}
