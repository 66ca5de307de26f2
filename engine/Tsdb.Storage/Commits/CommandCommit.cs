using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Carries out one command in its place among the batches: its record goes to the log in a frame of its own,
/// and only when that is durable does anyone see its effect.
/// </summary>
/// <remarks>The commit thread's.</remarks>
internal sealed class CommandCommit(
    CatalogStore catalog, StorageOptions options, CommitLog log, DeleteCommit deletes)
{
    private readonly CatalogCommands _commands = new(catalog, options);
    private readonly FrameWriter _frame = new();
    private readonly ByteSlab _record = new();

    /// <param name="command">What to do.</param>
    /// <param name="active">The memtable of the commits so far; replaced when readers know another one for
    /// those to come.</param>
    /// <param name="definitions">Those not logged yet; empty when this returns. After a failure the next
    /// frame has them: the catalogue has them already.</param>
    /// <param name="unflushedDefinitions">Gets the definitions logged.</param>
    public CommandOutcome Run(
        Command command, ref Memtable active, ByteSlab definitions, ByteChain unflushedDefinitions)
    {
        if (command is DeleteRows delete)
        {
            return deletes.Run(delete, ref active);
        }

        CommandOutcome outcome;
        if (command is SetTableOptions change
            && (outcome = deletes.RunBefore(change, ref active)).Status != CommandStatus.Done)
        {
            return outcome;
        }

        _record.Clear();
        lock (catalog.Gate)
        {
            outcome = _commands.Prepare(command, _record);
            if (outcome.Status != CommandStatus.Done)
            {
                return outcome;
            }

            catalog.DrainDefinitions(definitions);
        }

        _frame.Clear();
        _frame.AddDefinitions(definitions.Span);
        _frame.AddDefinitions(_record.Span);
        log.Append(_frame.Payload.Span, syncs: true);
        unflushedDefinitions.Append(definitions.Span);
        unflushedDefinitions.Append(_record.Span);
        definitions.Clear();
        lock (catalog.Gate)
        {
            _commands.Apply(command);
        }

        return outcome;
    }
}
