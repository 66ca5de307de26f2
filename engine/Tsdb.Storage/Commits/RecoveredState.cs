using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Records;
using Tsdb.Storage.Recovery;

namespace Tsdb.Storage.Commits;

/// <summary>What a start finds beyond the segments: the rows and definitions of the log since the last
/// flush.</summary>
/// <param name="Memtable">The rows.</param>
/// <param name="UnflushedDefinitions">Definitions that the catalog log does not hold yet.</param>
/// <param name="Slabs">Where memtables have their memory from.</param>
internal sealed record RecoveredState(Memtable Memtable, ByteChain UnflushedDefinitions, SlabPool Slabs)
    : IDisposable
{
    private LogReplay? _replay;

    /// <summary>A state without anything in it yet.</summary>
    public static RecoveredState CreateEmpty(StorageOptions options, int shardCount)
    {
#pragma warning disable CA2000 // The state owns both.
        SlabPool slabs = new(options.Memory?.Memtables, options.GetMemtableSizeBytes());
        return new RecoveredState(new Memtable(shardCount, slabs), new ByteChain(), slabs);
#pragma warning restore CA2000
    }

    /// <summary>Brings back the rows; there once the log has been looked through.</summary>
    public LogReplay Replay
    {
        get => _replay ?? throw new InvariantViolatedException("the log has not been looked through");
        set => _replay = value;
    }

    /// <summary>Why the rows are not all back, where the replay has ended so.</summary>
    public StorageClosedException? Failure => Replay.Failure;

    /// <summary>Brings back the rows, on the caller's thread.</summary>
    public void RunReplay(CatalogStore catalog, Func<Memtable?> getMemtable) =>
        Replay.Run(catalog, getMemtable);

    /// <summary>Waits until the rows are back, but not for ever.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => Replay.WaitAsync(cancellationToken);

    /// <summary>Has the replay stop.</summary>
    public void Cancel() => Replay.Cancel();

    /// <summary>For a start that failed: after one that succeeded, versions own the memtable.</summary>
    public void Dispose()
    {
        Memtable.Dispose();
        Slabs.Dispose();
    }
}
