using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Compaction;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Rollups;
using Tsdb.Storage.Scrubbing;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>The threads that work on what is flushed, one each for merges, rollups and verifying.</summary>
internal sealed class BackgroundThreads : IDisposable
{
    public BackgroundThreads(
        CountingStorageDevice device,
        StorageOptions options,
        TimeProvider clock,
        CatalogStore catalog,
        SegmentPublisher publisher,
        VersionSet versions,
        IWorkHost host)
    {
        Compactions = new CompactionLoop(device, options, clock, publisher, versions, catalog, host);
        Rollups = new RollupLoop(device, options, clock, catalog, publisher, host);
        Files = new ScrubFiles(versions, publisher, Rollups.Wake, clock);
        ScrubPace pace = new(
            options.ScrubSizeBytesPerSecondMax,
            clock,
            () => device.GetWrittenSizeBytes(DeviceArea.Wal)
                + device.GetWrittenSizeBytes(DeviceArea.Segments),
            () => versions.AcquireCount);
        Scrubs = new ScrubLoop(device, options, clock, pace, Files, Counters, host);
    }

    public CompactionLoop Compactions { get; }

    public RollupLoop Rollups { get; }

    public ScrubLoop Scrubs { get; }

    /// <summary>What is known to be damaged.</summary>
    public ScrubFiles Files { get; }

    /// <summary>What has been verified.</summary>
    public ScrubCounters Counters { get; } = new();

    /// <summary>Has both look for work: segments have come.</summary>
    public void Wake()
    {
        Compactions.Wake();
        Rollups.Wake();
    }

    /// <summary>Stops what is under way and the threads.</summary>
    public void Dispose()
    {
        Scrubs.Dispose();
        Rollups.Dispose();
        Compactions.Dispose();
    }
}
