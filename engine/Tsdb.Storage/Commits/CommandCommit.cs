using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Carries out one command in its place among the batches: its record goes to the log in a frame of its own,
/// and only when that is durable does anyone see its effect.
/// </summary>
/// <remarks>The commit thread's.</remarks>
internal sealed class CommandCommit(CatalogStore catalog, StorageOptions options, CommitLog log)
{
    private readonly CatalogCommands _commands = new(catalog, options);
    private readonly FrameWriter _frame = new();
    private readonly ByteSlab _definitions = new();
    private readonly ByteSlab _record = new();

    /// <param name="command">What to do.</param>
    /// <param name="unflushedDefinitions">Gets the definitions logged.</param>
    public CommandOutcome Run(Command command, ByteSlab unflushedDefinitions)
    {
        _definitions.Clear();
        _record.Clear();
        CommandOutcome outcome;
        lock (catalog.Gate)
        {
            outcome = _commands.Prepare(command, _record);
            if (outcome.Status != CommandStatus.Done)
            {
                return outcome;
            }

            catalog.DrainDefinitions(_definitions);
        }

        _definitions.Append(_record.Span);
        _frame.Clear();
        _frame.AddDefinitions(_definitions.Span);
        log.Append(_frame.Payload.Span, syncs: true);
        unflushedDefinitions.Append(_definitions.Span);
        lock (catalog.Gate)
        {
            _commands.Apply(command);
        }

        return outcome;
    }
}
