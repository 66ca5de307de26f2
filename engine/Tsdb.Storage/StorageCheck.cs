using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage;

/// <summary>Reads every byte of a closed database and verifies every checksum: what <c>tsdb check</c>
/// does.</summary>
/// <remarks>Changes nothing. One thread.</remarks>
#pragma warning disable CA1506 // Reads files of every kind.
public sealed class StorageCheck
#pragma warning restore CA1506
{
    private readonly IStorageDevice _device;
    private readonly Action<CheckDamage> _onDamage;
    private readonly Action<CheckProgress>? _onProgress;
    private readonly Dictionary<int, string> _tables = [];
    private readonly SegmentVerification _verification = new();
    private int _segmentCount;
    private long _chunkCount;
    private long _frameCount;
    private int _damageCount;

    private StorageCheck(
        IStorageDevice device, Action<CheckDamage> onDamage, Action<CheckProgress>? onProgress)
    {
        _device = device;
        _onDamage = onDamage;
        _onProgress = onProgress;
    }

    /// <summary>Checks one database.</summary>
    /// <param name="device">Its directory; no engine has it open.</param>
    /// <param name="onDamage">Called for each damage, with path, offset, what was expected and what was
    /// found.</param>
    /// <param name="cancellationToken">Looked at before each series.</param>
    /// <exception cref="StorageDeviceException">The device cannot read.</exception>
    public static StorageCheckResult Run(
        IStorageDevice device, Action<string> onDamage, CancellationToken cancellationToken) =>
        Run(device, damage => onDamage(damage.Message), onProgress: null, cancellationToken);

    /// <summary>As above, with all that is known of each damage.</summary>
    /// <param name="device">Its directory; no engine has it open.</param>
    /// <param name="onDamage">Called for each damage.</param>
    /// <param name="onProgress">Called after each segment; null for nobody.</param>
    /// <param name="cancellationToken">Looked at before each series.</param>
    /// <exception cref="StorageDeviceException">The device cannot read.</exception>
    public static StorageCheckResult Run(
        IStorageDevice device,
        Action<CheckDamage> onDamage,
        Action<CheckProgress>? onProgress,
        CancellationToken cancellationToken)
    {
        StorageCheck check = new(device, onDamage, onProgress);
        check.Run(cancellationToken);
        return new StorageCheckResult(
            check._segmentCount, check._chunkCount, check._frameCount, check._damageCount);
    }

    private void Run(CancellationToken cancellationToken)
    {
        if (!Manifest.Exists(_device))
        {
            Report(new CheckDamage("manifest", "manifest: there is none; this is no database"));
            return;
        }

        ManifestState state;
        try
        {
            (state, _) = ManifestReader.Read(_device);
        }
        catch (ManifestCorruptException damage)
        {
            Report(new CheckDamage("manifest", damage.Message)
            {
                Path = damage.Path,
                OffsetBytes = damage.OffsetBytes,
            });
            return;
        }

        CheckCatalog(state);
        CheckSegments(state, cancellationToken);

        CheckLog(state);
    }

    private void CheckCatalog(ManifestState state)
    {
        if (state.CatalogLog is not { } entry)
        {
            return;
        }

        try
        {
            using CatalogLog log = CatalogLog.Open(
                _device, entry.DurableSizeBytes, entry.Crc32C, out byte[] definitions);
            ReadTables(state, definitions);
        }
        catch (CatalogCorruptException damage)
        {
            Report(new CheckDamage("catalogue", damage.Message) { Path = damage.Path });
        }
    }

    private void ReadTables(ManifestState state, byte[] definitions)
    {
        CatalogStore catalog = new(state.ShardCount, account: null);
        try
        {
            if (!new DefinitionReader(catalog).TryApply(definitions))
            {
                Report(new CheckDamage("catalogue", $"{CatalogLog.Path}: a definition makes no sense")
                {
                    Path = CatalogLog.Path,
                });
            }

            foreach (TableSchema table in catalog.Tables)
            {
                _tables[table.TableId] = table.Name;
            }
        }
        finally
        {
            catalog.Memory.Close();
        }
    }

    private void CheckSegments(ManifestState state, CancellationToken cancellationToken)
    {
        long sizeBytesMax = state.Segments.Values.Sum(static entry => entry.SizeBytes);
        long sizeBytes = 0;
        foreach (SegmentEntry entry in state.Segments.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckSegment(entry, cancellationToken);
            sizeBytes += entry.SizeBytes;
            _onProgress?.Invoke(
                new CheckProgress(_segmentCount, state.Segments.Count, sizeBytes, sizeBytesMax));
        }
    }

    private void CheckSegment(SegmentEntry entry, CancellationToken cancellationToken)
    {
        _segmentCount++;
        string path = SegmentNames.PathOf(entry.SegmentNumber);
        SegmentReader? segment = null;
        try
        {
            segment = SegmentReader.Open(_device, path);

            // Only the manifest knows which deletes are carried out in it.
            segment.AppliedLsn = entry.AppliedLsn;
            SegmentEntries.Verify(entry, segment);
            _chunkCount += _verification.Verify(
                segment, damage => Report(Locate(segment, damage)), cancellationToken);
        }
        catch (Exception damage) when (damage is SegmentCorruptException or StorageDeviceException)
        {
            Report(new CheckDamage("segment", damage.Message)
            {
                Path = path,
                OffsetBytes = (damage as SegmentCorruptException)?.OffsetBytes,
                First = new Timestamp(entry.MinTimestampNs),
                Last = new Timestamp(entry.MaxTimestampNs),
            });
        }
        finally
        {
            segment?.Release();
        }
    }

    private CheckDamage Locate(SegmentReader segment, SegmentCorruptException damage)
    {
        (SeriesId Series, int? TableId, long FirstNs, long LastNs, int? RowCount) place =
            _verification.Locate(segment);
        return new CheckDamage("segment", damage.Message)
        {
            Path = damage.Path,
            OffsetBytes = damage.OffsetBytes,
            Series = place.Series,
            TableId = place.TableId,
            Table = place.TableId is { } table ? _tables.GetValueOrDefault(table) : null,
            First = new Timestamp(place.FirstNs),
            Last = new Timestamp(place.LastNs),
            RowCount = place.RowCount,
        };
    }

    private void CheckLog(ManifestState state)
    {
        WalOptions options = new() { DatabaseUuid = state.DatabaseUuid };
        try
        {
            WalTail tail = WalReader.Replay(
                _device, options, state.FlushedLsnOfAllShards, state.KnownDurableLsn,
                static (in _, _) => { });
            _frameCount = tail.DeliveredFrameCount;
        }
        catch (WalCorruptException damage)
        {
            Report(new CheckDamage("log", damage.Message)
            {
                Path = damage.Path,
                OffsetBytes = damage.OffsetBytes,
            });
        }
    }

    private void Report(CheckDamage damage)
    {
        _damageCount++;
        _onDamage(damage);
    }
}
