using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Wal;

namespace Tsdb.Fuzz.Targets;

/// <summary>What the sample database's catalogue and log hold.</summary>
internal static class FrameSamples
{
    private static readonly SimulatedStorageDevice _device = SampleDatabase.Load("", []);
    private static readonly ManifestState _state = ManifestReader.Read(_device).State;

    /// <summary>The definition records of the catalogue's log.</summary>
    public static byte[] Definitions { get; } = ReadDefinitions();

    /// <summary>A catalogue as the log's first frame meets it.</summary>
    public static CatalogStore CreateCatalog()
    {
        CatalogStore catalog = new(_state.ShardCount);
        Invariant.Holds(new DefinitionReader(catalog).TryApply(Definitions));
        return catalog;
    }

    /// <summary>The payloads of the log's frames.</summary>
    public static List<byte[]> Read()
    {
        List<byte[]> payloads = [];
        WalReader.Replay(
            _device,
            new WalOptions { DatabaseUuid = _state.DatabaseUuid },
            _state.FlushedLsnOfAllShards,
            _state.KnownDurableLsn,
            (in WalFrame _, ReadOnlySpan<byte> payload) => payloads.Add(payload.ToArray()));
        Invariant.Holds(payloads.Count > 1);
        return payloads;
    }

    private static byte[] ReadDefinitions()
    {
        CatalogLogEntry entry = _state.CatalogLog!;
        using CatalogLog log = CatalogLog.Open(
            _device, entry.DurableSizeBytes, entry.Crc32C, out byte[] definitions);
        return definitions;
    }
}
