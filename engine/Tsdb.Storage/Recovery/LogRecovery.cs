using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Records;
using Tsdb.Storage.Wal;
using Tsdb.Storage.Working;

namespace Tsdb.Storage.Recovery;

/// <summary>
/// Reads the log once at a start, without its rows: every checksum, every definition, and which tables and
/// times its rows belong to. The rows come back later, by <see cref="LogReplay"/>.
/// </summary>
internal static class LogRecovery
{
    /// <summary>Gives the writer that goes on where the log ends.</summary>
    /// <param name="device">Where the log is.</param>
    /// <param name="storage">The database's options.</param>
    /// <param name="state">What the manifest says.</param>
    /// <param name="catalog">Gets the definitions.</param>
    /// <param name="recovered">Gets the definitions as logged, and the replay to be run.</param>
    /// <param name="clock">Measures the replay.</param>
    /// <param name="host">Where the replay waits.</param>
    public static WalWriter Survey(
        IStorageDevice device,
        StorageOptions storage,
        ManifestState state,
        CatalogStore catalog,
        RecoveredState recovered,
        TimeProvider clock,
        IWorkHost host)
    {
        WalOptions options = new()
        {
            DatabaseUuid = state.DatabaseUuid,
            FileSizeBytes = storage.WalFileSizeBytes,
            HeldSizeBytesMax = storage.UnarchivedLogSizeBytesMax,
            DamagePolicy = storage.SkipsDamagedLog ? WalDamagePolicy.SkipLostRange : WalDamagePolicy.Refuse,
        };
        WalFileSet files = WalFileSet.Read(device, options);
        LogReplay replay = new(device, options, files, storage, clock, host)
        {
            AfterLsn = state.FlushedLsnOfAllShards,
            KnownDurableLsn = state.KnownDurableLsn,
        };
        replay.Rows.Tombstones = state.Tombstones;
        recovered.Replay = replay;
        ByteChain definitions = recovered.UnflushedDefinitions;
        FrameSurvey survey = new(catalog, replay.Rows);
        WalTail tail = WalReader.Replay(
            device,
            options,
            files,
            state.FlushedLsnOfAllShards,
            state.KnownDurableLsn,
            (in WalFrame frame, ReadOnlySpan<byte> payload) =>
            {
                replay.LastLsn = frame.Lsn;
                replay.Rows.AddFrame(frame.Lsn, frame.SizeBytes);
                if (!survey.TryRead(payload, definitions))
                {
                    throw new WalPayloadException(options.Directory, frame.Lsn);
                }
            });
        replay.LostRanges = tail.LostRanges;
        return WalWriter.Open(device, options, tail);
    }
}
