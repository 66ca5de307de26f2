using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Query.Language;
using Tsdb.Query.Planning.Rollups;
using Tsdb.Storage;

namespace Tsdb.Query.Planning;

/// <summary>Statements that write, as commands: text → statement → names looked up → command →
/// target.</summary>
internal sealed class CommandPlanner(SqlSource source, Catalog catalog, StatementValues values)
{
    /// <summary>Looks up names and makes the command; null when the statement has nothing to do, as IF EXISTS
    /// allows.</summary>
    /// <exception cref="SqlException">The statement cannot be run as written.</exception>
    public Command? Plan(IWriteStatement statement)
    {
        switch (statement)
        {
            case CreateTableStatement create:
                return new CreateTable(
                    create.Name.Text,
                    ColumnBinder.Bind(source, create.Columns),
                    new TableOptionBinder(source, values).Bind(create.Options, TableOptions.None));
            case DropTableStatement drop:
                return drop.IsOptional && !Tables.Exists(catalog, drop.Table)
                    ? null
                    : new DropTable(Tables.Find(source, catalog, drop.Table).TableId);
            case DeleteStatement delete:
                return new DeleteBinder(source, catalog, values).Bind(delete);
            case CreateRollupStatement rollup:
                return new RollupBinder(source, catalog, values).Bind(rollup);
            case DropRollupStatement rollup:
                return new RollupBinder(source, catalog, values).Bind(rollup);
            default:
                AlterTableStatement alter = (AlterTableStatement)statement;
                TableSchema table = Tables.Find(source, catalog, alter.Table);
                TableOptionBinder options = new(source, values);
                return new SetTableOptions(table.TableId, options.Bind(alter.Options, table.Options));
        }
    }

    /// <summary>The outcome's answer as it stands in the result.</summary>
    /// <exception cref="SqlException">The command was refused.</exception>
    public string Describe(IWriteStatement statement, CommandOutcome outcome)
    {
        bool isThereAlready = outcome.Status == CommandStatus.TableExists
            && statement is CreateTableStatement { IsOptional: true };
        isThereAlready |= outcome.Status == CommandStatus.RollupExists
            && statement is CreateRollupStatement { IsOptional: true };
        bool isGoneAlready = outcome.Status == CommandStatus.TableMissing
            && statement is DropTableStatement { IsOptional: true };
        isGoneAlready |= outcome.Status is CommandStatus.TableMissing or CommandStatus.RollupMissing
            && statement is DropRollupStatement { IsOptional: true };
        if (isThereAlready || isGoneAlready)
        {
            return "nothing to do";
        }

        if (outcome.Status == CommandStatus.Done && statement is DeleteStatement)
        {
            return $"deleted rows of {outcome.SeriesCount} series";
        }

        return outcome.Status == CommandStatus.Done ? "done" : throw Refuse(statement, outcome);
    }

    private SqlException Refuse(IWriteStatement statement, CommandOutcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            return source.Error(statement.Position, refusal);
        }

        CommandStatus status = outcome.Status;
        int position = statement is CreateTableStatement create ? create.Name.Position : statement.Position;
        return status switch
        {
            CommandStatus.TableExists => source.Error(
                position, "there is a table of that name", "CREATE TABLE IF NOT EXISTS leaves it as it is"),
            CommandStatus.TableMissing => source.Error(position, "the table was dropped meanwhile"),
            CommandStatus.RollupExists => source.Error(
                position, "the table has a rollup of that length", "DROP ROLLUP removes it first"),
            CommandStatus.RollupMissing => source.Error(
                position, "the table has no rollup of that length", "SHOW ROLLUPS lists them"),
            CommandStatus.TooManyRollups => source.Error(
                position, "the table has as many rollups as the limit allows"),
            CommandStatus.NameTooLong => source.Error(position, "a name is empty or longer than the limit"),
            CommandStatus.NameConflict => source.Error(position, "two columns have one name"),
            CommandStatus.TooManyTables => source.Error(
                position, "the database has as many tables as its limit allows"),
            CommandStatus.TooManyColumns => source.Error(position, "more fields than a table may have"),
            CommandStatus.TooManyTags => source.Error(position, "more tags than a table may have"),
            _ => source.Error(
                position,
                "too many deletes wait to be carried out in the segments",
                "compact the database, or delete wider ranges at once"),
        };
    }
}
