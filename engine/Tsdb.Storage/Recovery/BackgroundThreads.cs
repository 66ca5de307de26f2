using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Compaction;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Rollups;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>The threads that work on what is flushed, one for merges and one for rollups.</summary>
internal sealed class BackgroundThreads(
    IStorageDevice device,
    StorageOptions options,
    TimeProvider clock,
    CatalogStore catalog,
    SegmentPublisher publisher,
    VersionSet versions,
    IWorkHost host) : IDisposable
{
    public CompactionLoop Compactions { get; } = new(
        device, options, clock, publisher, versions, catalog, host);

    public RollupLoop Rollups { get; } = new(device, options, clock, catalog, publisher, host);

    /// <summary>Has both look for work: segments have come.</summary>
    public void Wake()
    {
        Compactions.Wake();
        Rollups.Wake();
    }

    /// <summary>Stops what is under way and the threads.</summary>
    public void Dispose()
    {
        Rollups.Dispose();
        Compactions.Dispose();
    }
}
