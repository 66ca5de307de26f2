using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Compaction;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Rollups;
using Tsdb.Storage.Scrubbing;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Wal;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>The parts of an open database, wired together.</summary>
internal sealed class OpenedStorage(
    CatalogStore catalog,
    CatalogLog catalogLog,
    Manifest manifest,
    WalWriter wal,
    VersionSet versions,
    FlushQueue flushes,
    SegmentPublisher publisher,
    Flusher flusher,
    BackgroundThreads threads,
    CountingStorageDevice device,
    CommitLog log,
    RecoveredState recovered,
    DiskSpace space,
    IWorkHost host) : IDisposable
{
    public CatalogStore Catalog { get; } = catalog;

    public CommitLog Log { get; } = log;

    public VersionSet Versions { get; } = versions;

    public FlushQueue Flushes { get; } = flushes;

    public Flusher Flusher { get; } = flusher;

    public CompactionLoop Compactions { get; } = threads.Compactions;

    public RollupLoop Rollups { get; } = threads.Rollups;

    public ScrubLoop Scrubs { get; } = threads.Scrubs;

    /// <summary>Damaged parts of segments that are known.</summary>
    public IReadOnlyList<SegmentDamage> Damages => threads.Files.FindDamages();

    public ScrubStatistics ScrubStatistics => threads.Counters.Read(threads.Files.RebuiltCount);

    public CountingStorageDevice Device { get; } = device;

    public SegmentPublisher Publisher { get; } = publisher;

    public RecoveredState Recovered { get; } = recovered;

    public DiskSpace Space { get; } = space;

    /// <summary>Runs its workers.</summary>
    public IWorkHost Host { get; } = host;

    /// <summary>What is there now, for reading.</summary>
    public StorageSnapshot OpenSnapshot(Catalog catalog)
    {
        // First what is missing, then what is there: a row that comes in between is counted as missing.
        MissingRows? missing = Recovered.Replay.FindMissing();
        return new StorageSnapshot(Versions.Acquire(), catalog, missing, Compactions.Expired)
        {
            Verified = threads.Files,
        };
    }

    /// <summary>Starts the thread that commits.</summary>
    public CommitLoop StartCommits(StorageOptions options, CommitMetrics metrics)
    {
        DeleteCommit deletes = new(Catalog, options, Log, Publisher, Versions, Compactions.Wake);
        return new CommitLoop(
            Catalog,
            options,
            Log,
            Versions,
            Flushes,
            Flusher,
            new BatchCommit(Catalog, Log, metrics, new ArrivalSamples(Publisher.Clock), options),
            new CommandCommit(Catalog, options, Log, deletes),
            Recovered,
            Host);
    }

    /// <summary>Finishes background work and closes the files; the commit thread has stopped.</summary>
    public void Dispose()
    {
        threads.Dispose();
        Flushes.Dispose();
        Log.CompletePreparing();
        wal.Dispose();
        catalogLog.Dispose();
        manifest.Dispose();
        Versions.Close();
        Catalog.Memory.Close();
        Recovered.Slabs.Dispose();
    }
}
