using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;
using Tsdb.Storage.Wal;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>
/// Opens a database, or makes it: manifest, catalogue, segments, then the log's rows since the last flush.
/// What the
/// manifest does not name was never finished, and is removed.
/// </summary>
#pragma warning disable CA2000 // Each part is kept for undoing until OpenedStorage, returned, owns them all.
#pragma warning disable CA1506 // Names every part, because it makes every part.
internal sealed class StorageOpening
#pragma warning restore CA1506
{
    private readonly CountingStorageDevice _device;
    private readonly StorageOptions _options;
    private readonly TimeProvider _clock;
    private readonly IWorkHost _host;
    private readonly Stack<Action> _undo = new();

    private StorageOpening(
        IStorageDevice device, StorageOptions options, TimeProvider clock, IWorkHost host)
    {
        _device = new CountingStorageDevice(device);
        _options = options;
        _clock = clock;
        _host = host;
    }

    public static OpenedStorage Open(
        IStorageDevice device, StorageOptions options, TimeProvider clock, IWorkHost host)
    {
        StorageOpening opening = new(device, options, clock, host);
        try
        {
            return opening.Open();
        }
        catch
        {
            while (opening._undo.TryPop(out Action? release))
            {
                release();
            }

            throw;
        }
    }

    private OpenedStorage Open()
    {
        Manifest manifest = Manifest.Exists(_device) ? Keep(Manifest.Open(_device)) : Create();
        CatalogStore catalog = new(manifest.Current.ShardCount, _options.Memory?.Catalogue, _clock);
        CatalogLog catalogLog = OpenCatalog(manifest, catalog);
        FlushedTimes flushedTimes = new(catalog.ShardCount);
        SegmentIndexCache indexes = new(_options.Memory);
        OpenedSegments segments = SegmentRecovery.Open(
            _device, manifest.Current, flushedTimes, indexes, _undo);
        RecoveredState recovered = Keep(RecoveredState.CreateEmpty(_options, catalog.ShardCount));
        WalWriter wal = Keep(LogRecovery.Survey(
            _device, _options, manifest.Current, catalog, recovered, _clock, _host));
        CommitLog log = new(wal, _clock, _host);

        DiskSpace space = MeasureSpace();

        // Made last: from here on nothing fails.
        VersionSet versions = segments.ToVersions(recovered.Memtable, manifest.Current.Tombstones);
        SegmentPublisher publisher = new(_device, manifest, versions, _clock, _options) { Indexes = indexes };
        BackgroundThreads threads = new(_device, _options, _clock, catalog, publisher, versions, _host);
        Flusher flusher = new(
            _device,
            catalog,
            catalogLog,
            log,
            publisher,
            flushedTimes,
            _options.Memory?.Scratch,
            threads.Wake);
        return new OpenedStorage(
            catalog,
            catalogLog,
            manifest,
            wal,
            versions,
            new FlushQueue(_clock, _options, _host),
            publisher,
            flusher,
            threads,
            _device,
            log,
            recovered,
            space,
            _host);
    }

    private DiskSpace MeasureSpace()
    {
        DiskSpace space = new(
            _device.Inner,
            _options.GetDiskReserveSizeBytes(_device.GetTotalSizeBytes()),
            _options.BallastSizeBytes,
            _options.FaultRetryInterval,
            _clock);
        _device.RanOutOfSpace = space.GiveUpBallast;
        return space;
    }

    private Manifest Create()
    {
        _device.CreateDirectory(SegmentNames.Directory);
        _device.SyncDirectory("");
        return Keep(Manifest.CreateNew(_device, Guid.NewGuid(), _options.ShardCount));
    }

    private CatalogLog OpenCatalog(Manifest manifest, CatalogStore catalog)
    {
        if (manifest.Current.CatalogLog is not { } entry)
        {
            CatalogLog created = Keep(CatalogLog.Create(_device));
            manifest.Commit(new ManifestEdit().SetCatalogLog(created.ToEntry()));
            return created;
        }

        CatalogLog log = Keep(CatalogLog.Open(
            _device, entry.DurableSizeBytes, entry.Crc32C, out byte[] definitions));
        if (!new DefinitionReader(catalog).TryApply(definitions))
        {
            throw new CatalogCorruptException(
                CatalogLog.Path, log.SizeBytes, log.SizeBytes, log.Crc, log.Crc);
        }

        return log;
    }

    private T Keep<T>(T part)
        where T : IDisposable
    {
        _undo.Push(part.Dispose);
        return part;
    }
}
