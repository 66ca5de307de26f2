using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage;

namespace Tsdb.Simulation.Histories;

/// <summary>A change to a table, as the storage takes it and as the model does.</summary>
/// <param name="Command">For the storage.</param>
/// <param name="Table">The table's name.</param>
/// <param name="Now">The time by which rows expire, when it was asked for.</param>
internal sealed record RandomChange(Command Command, string Table, Timestamp? Now)
{
    /// <summary>Mostly another time to live, now and then an end to the table; null when there is no
    /// table.</summary>
    public static RandomChange? Draw(StorageEngine storage, RowGenerator generator, Random random)
    {
        IReadOnlyList<TableSchema> tables = storage.Catalog.Tables;
        if (tables.Count == 0)
        {
            return null;
        }

        TableSchema table = tables[random.Next(tables.Count)];
        Timestamp? now = storage.GetStatistics().EventTime;
        if (random.Next(4) == 0)
        {
            return new RandomChange(new DropTable(table.TableId), table.Name, now);
        }

        long ttlNs = generator.Profile.StepNs * random.Next(1, random.Next(2) == 0 ? 20 : 400);
        TimeSpan? ttl = random.Next(3) == 0
            ? null
            : TimeSpan.FromTicks(Math.Max(1, ttlNs / TimeSpan.NanosecondsPerTick));
        return new RandomChange(
            new SetTableOptions(table.TableId, new TableOptions { Ttl = ttl }), table.Name, now);
    }

    /// <summary>What may have happened of a change that was cut short.</summary>
    public void ApplyFirstHalf(DatabaseModel model)
    {
        if (Command is SetTableOptions set && model.Tables.TryGetValue(Table, out TableModel? table))
        {
            table.ExpireBefore(set.Options.Ttl, Now);
        }
    }

    public void Apply(DatabaseModel model)
    {
        if (Command is DropTable)
        {
            model.Tables.Remove(Table);
        }
        else if (Command is SetTableOptions set && model.Tables.TryGetValue(Table, out TableModel? table))
        {
            table.SetTtl(set.Options.Ttl, Now);
        }
    }
}
