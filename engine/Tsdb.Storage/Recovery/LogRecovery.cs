using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Recovery;

/// <summary>Brings back what the log holds beyond the segments.</summary>
internal static class LogRecovery
{
    /// <summary>Fills <paramref name="recovered"/> and gives the writer that goes on where the log
    /// ends.</summary>
    public static WalWriter Replay(
        IStorageDevice device,
        StorageOptions storage,
        ManifestState state,
        CatalogStore catalog,
        RecoveredState recovered)
    {
        WalOptions options = new()
        {
            DatabaseUuid = state.DatabaseUuid,
            FileSizeBytes = storage.WalFileSizeBytes,
            DamagePolicy = storage.SkipsDamagedLog ? WalDamagePolicy.SkipLostRange : WalDamagePolicy.Refuse,
        };
        FrameReader reader = new(catalog);
        ulong lsn = 0;
        WalTail tail = WalReader.Replay(
            device,
            options,
            state.FlushedLsnOfAllShards,
            state.KnownDurableLsn,
            (in WalFrame frame, ReadOnlySpan<byte> payload) =>
            {
                lsn = frame.Lsn;
                bool isRead = reader.TryRead(
                    payload,
                    batch => recovered.Memtable.Append(batch, lsn),
                    definitions => recovered.UnflushedDefinitions.Append(definitions));
                if (!isRead)
                {
                    throw new WalPayloadException(options.Directory, lsn);
                }
            });
        return WalWriter.Open(device, options, tail);
    }
}
