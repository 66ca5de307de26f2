using System.Text;
using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>Commands that change the catalogue: checked, written as definition records, and applied once
/// those are durable.</summary>
/// <remarks>The commit thread's; the caller holds the catalogue's gate.</remarks>
internal sealed class CatalogCommands(CatalogStore catalog, StorageOptions options)
{
    /// <summary>Checks a command and writes its record. A new table is there at once, like one that a row
    /// makes; all else waits for <see cref="Apply"/>.</summary>
    public CommandOutcome Prepare(Command command, ByteSlab record) => command switch
    {
        CreateTable create => Create(create, record),
        DropTable drop => PrepareDrop(drop, record),
        SetTableOptions set => PrepareOptions(set, record),
        CreateRollup create => PrepareRollup(create, record),
        DropRollup drop => PrepareRollupDrop(drop, record),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name),
    };

    /// <summary>Does what the durable record says.</summary>
    public void Apply(Command command)
    {
        switch (command)
        {
            case DropTable drop:
                catalog.DropTable(catalog.GetTable(drop.TableId));
                break;
            case SetTableOptions set:
                catalog.GetTable(set.TableId).SetOptions(set.Options);
                break;
            case CreateRollup rollup:
                TableState table = catalog.GetTable(rollup.TableId);
                table.AddRollup(Define(table, rollup));
                break;
            case DropRollup rollup:
                catalog.GetTable(rollup.TableId).DropRollup(
                    FindRollup(catalog.GetTable(rollup.TableId), rollup.EveryNs)!.RollupId);
                break;
            case CreateTable create:
                catalog.FindTable(create.Name)!.SetOptions(create.Options);
                break;
        }
    }

    /// <summary>The table of an id, or null when it is gone.</summary>
    public TableState? Find(int tableId)
    {
        Invariant.Holds(tableId > 0 && tableId <= catalog.TableCount);
        TableState table = catalog.GetTable(tableId);
        return table.IsDropped ? null : table;
    }

    private CommandOutcome Create(CreateTable create, ByteSlab record)
    {
        CommandStatus status = Check(create);
        if (status != CommandStatus.Done)
        {
            return new CommandOutcome(status);
        }

        TableState table = catalog.AddTable(create.Name);
        foreach (NewColumn column in create.Columns)
        {
            if (column.Type is { } type)
            {
                catalog.AddColumn(table, column.Name, type);
            }
            else
            {
                catalog.AddTagKey(table, column.Name);
            }
        }

        if (create.Options != TableOptions.None)
        {
            TableOptionRecord.WriteOptions(record, table.Schema.TableId, create.Options);
        }

        return new CommandOutcome(CommandStatus.Done);
    }

    private CommandStatus Check(CreateTable create)
    {
        if (catalog.FindTable(create.Name) is not null)
        {
            return CommandStatus.TableExists;
        }

        if (catalog.LiveTableCount >= options.TableCountMax)
        {
            return CommandStatus.TooManyTables;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        int tagCount = 0;
        bool isTooLong = IsTooLong(create.Name);
        foreach (NewColumn column in create.Columns)
        {
            isTooLong |= IsTooLong(column.Name);
            tagCount += column.Type is null ? 1 : 0;
            if (!names.Add(column.Name))
            {
                return CommandStatus.NameConflict;
            }
        }

        return isTooLong ? CommandStatus.NameTooLong
            : tagCount > options.TagKeyCountMax ? CommandStatus.TooManyTags
            : create.Columns.Count - tagCount > options.ColumnCountMax ? CommandStatus.TooManyColumns
            : CommandStatus.Done;
    }

    private bool IsTooLong(string name) =>
        name.Length == 0 || Encoding.UTF8.GetByteCount(name) > options.NameSizeBytesMax;

    private CommandOutcome PrepareDrop(DropTable drop, ByteSlab record)
    {
        TableState? table = Find(drop.TableId);
        if (table is null)
        {
            return new CommandOutcome(CommandStatus.TableMissing);
        }

        TableOptionRecord.WriteDrop(record, drop.TableId);
        return new CommandOutcome(CommandStatus.Done, table.Tags.SeriesCount);
    }

    private CommandOutcome PrepareOptions(SetTableOptions set, ByteSlab record)
    {
        if (Find(set.TableId) is null)
        {
            return new CommandOutcome(CommandStatus.TableMissing);
        }

        TableOptionRecord.WriteOptions(record, set.TableId, set.Options);
        return new CommandOutcome(CommandStatus.Done);
    }

    private static RollupDefinition Define(TableState table, CreateRollup create) =>
        new(table.NextRollupId, create.EveryNs, create.ColumnIds);

    private static RollupDefinition? FindRollup(TableState table, long everyNs) =>
        table.Schema.Rollups.FirstOrDefault(rollup => rollup.EveryNs == everyNs);

    private CommandOutcome PrepareRollup(CreateRollup create, ByteSlab record)
    {
        TableState? table = Find(create.TableId);
        CommandStatus status = table is null ? CommandStatus.TableMissing
            : FindRollup(table, create.EveryNs) is not null ? CommandStatus.RollupExists
            : table.Schema.Rollups.Count >= options.RollupCountMax ? CommandStatus.TooManyRollups
            : CommandStatus.Done;
        if (status == CommandStatus.Done)
        {
            Invariant.Holds(create.EveryNs > 0 && RollupDefinition.EveryNsMax % create.EveryNs == 0);
            RollupRecord.Write(record, create.TableId, Define(table!, create));
        }

        return new CommandOutcome(status);
    }

    private CommandOutcome PrepareRollupDrop(DropRollup drop, ByteSlab record)
    {
        TableState? table = Find(drop.TableId);
        RollupDefinition? rollup = table is null ? null : FindRollup(table, drop.EveryNs);
        CommandStatus status = table is null ? CommandStatus.TableMissing
            : rollup is null ? CommandStatus.RollupMissing
            : CommandStatus.Done;
        if (status == CommandStatus.Done)
        {
            RollupRecord.WriteDrop(record, drop.TableId, rollup!.RollupId);
        }

        return new CommandOutcome(status);
    }
}
