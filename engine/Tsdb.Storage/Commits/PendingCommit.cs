using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>One sender's batch on its way through the commit thread. Pooled; resolved by the sender's
/// thread.</summary>
internal sealed class PendingCommit(
    CatalogStore catalog, StorageOptions options, TaskCreationOptions completionOptions)
{
    private TaskCompletionSource<long> _completion = new(completionOptions);

    public BatchResolver Resolver { get; } = new(catalog, options);

    public ResolvedBatch Batch { get; } = new();

    public Durability Durability { get; private set; }

    /// <summary>Whether it carries no rows, but asks for a flush of those before it.</summary>
    public bool IsFlushMarker { get; init; }

    /// <summary>What it asks for instead of carrying rows; null for rows.</summary>
    public Command? Command { get; init; }

    /// <summary>Whether it may need room for one more memtable.</summary>
    public bool MayRotate => Command is DeleteRows;

    /// <summary>What became of the command; there when the completion is.</summary>
    public CommandOutcome? Outcome { get; set; }

    /// <summary>Whether it carries no rows, but asks the commit thread to try whether the log works
    /// again.</summary>
    public bool IsTryMarker { get; init; }

    /// <summary>Whether it carries no rows, but asks for the memory of those before it.</summary>
    public bool IsRoomMarker { get; init; }

    /// <summary>Completes with the rows stored once the promise of <see cref="Durability"/> holds.</summary>
    public Task<long> Completion => _completion.Task;

    public void Start(Durability durability)
    {
        Durability = durability;
        _completion = new TaskCompletionSource<long>(completionOptions);
    }

    public void Complete() => _completion.SetResult(Batch.RowCount);

    /// <summary>Whether it says how far a sender's numbered stream has come.</summary>
    public bool HasPosition => Batch.Position is not null;

    /// <summary>Remembers how far the sender's stream has come, now that the log has it.</summary>
    public void NotePosition()
    {
        if (Batch.Position is StreamPosition position)
        {
            catalog.Streams.Note(position);
        }
    }

    public void Fail(Exception reason) => _completion.SetException(reason);
}
