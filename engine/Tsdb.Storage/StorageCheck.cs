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
public sealed class StorageCheck
{
    private readonly IStorageDevice _device;
    private readonly Action<string> _onDamage;
    private readonly SegmentVerification _verification = new();
    private int _segmentCount;
    private long _chunkCount;
    private long _frameCount;
    private int _damageCount;

    private StorageCheck(IStorageDevice device, Action<string> onDamage)
    {
        _device = device;
        _onDamage = onDamage;
    }

    /// <summary>Checks one database.</summary>
    /// <param name="device">Its directory; no engine has it open.</param>
    /// <param name="onDamage">Called for each damage, with path, offset, what was expected and what was
    /// found.</param>
    /// <param name="cancellationToken">Looked at before each series.</param>
    /// <exception cref="StorageDeviceException">The device cannot read.</exception>
    public static StorageCheckResult Run(
        IStorageDevice device, Action<string> onDamage, CancellationToken cancellationToken)
    {
        StorageCheck check = new(device, onDamage);
        check.Run(cancellationToken);
        return new StorageCheckResult(
            check._segmentCount, check._chunkCount, check._frameCount, check._damageCount);
    }

    private void Run(CancellationToken cancellationToken)
    {
        if (!Manifest.Exists(_device))
        {
            Report("manifest: there is none; this is no database");
            return;
        }

        ManifestState state;
        try
        {
            (state, _) = ManifestReader.Read(_device);
        }
        catch (ManifestCorruptException damage)
        {
            Report(damage.Message);
            return;
        }

        CheckCatalog(state);
        foreach (SegmentEntry entry in state.Segments.Values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckSegment(entry, cancellationToken);
        }

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
            using CatalogLog log = CatalogLog.Open(_device, entry.DurableSizeBytes, entry.Crc32C, out _);
        }
        catch (CatalogCorruptException damage)
        {
            Report(damage.Message);
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
            SegmentEntries.Verify(entry, segment);
            _chunkCount += _verification.Verify(segment, damage => Report(damage.Message), cancellationToken);
        }
        catch (Exception damage) when (damage is SegmentCorruptException or StorageDeviceException)
        {
            Report(damage.Message);
        }
        finally
        {
            segment?.Release();
        }
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
            Report(damage.Message);
        }
    }

    private void Report(string damage)
    {
        _damageCount++;
        _onDamage(damage);
    }
}
