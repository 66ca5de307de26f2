using Tsdb.Core;
using Tsdb.Storage.Memtables;

namespace Tsdb.Storage.Commits;

/// <summary>What a start finds beyond the segments: the rows and definitions of the log since the last
/// flush.</summary>
/// <param name="Memtable">The rows.</param>
/// <param name="UnflushedDefinitions">Definitions that the catalog log does not hold yet.</param>
/// <param name="Slabs">Where memtables have their memory from.</param>
internal sealed record RecoveredState(Memtable Memtable, ByteSlab UnflushedDefinitions, SlabPool Slabs)
    : IDisposable
{
    /// <summary>A state without anything in it yet.</summary>
    public static RecoveredState CreateEmpty(StorageOptions options, int shardCount)
    {
#pragma warning disable CA2000 // The state owns both.
        SlabPool slabs = new(options.Memory, options.GetMemtableSizeBytes());
        return new RecoveredState(new Memtable(shardCount, slabs), new ByteSlab(), slabs);
#pragma warning restore CA2000
    }

    /// <summary>For a start that failed: after one that succeeded, versions own the memtable.</summary>
    public void Dispose()
    {
        Memtable.Dispose();
        Slabs.Dispose();
    }
}
