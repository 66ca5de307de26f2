using Tsdb.Storage.Devices;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Manifests;

/// <summary>A manifest with a short history, and states as text, so that a difference is readable.</summary>
internal static class ManifestScenario
{
    public const int CommitCount = 6;

    public static Guid DatabaseUuid { get; } = new("00112233-4455-6677-8899-aabbccddeeff");

    public static Manifest CreateNew(IStorageDevice device) => Manifest.CreateNew(device, DatabaseUuid, 4);

    public static ManifestEdit EditOf(int step)
    {
        var edit = new ManifestEdit();
        edit.AddSegment(SegmentOf((step * 2) + 1)).AddSegment(SegmentOf((step * 2) + 2));
        edit.SetFlushedLsn(step % 4, (ulong)step * 10).SetKnownDurableLsn((ulong)step * 11);
        if (step % 3 == 2)
        {
            edit.RemoveSegment(step * 2).SetFlushedLsnOfAllShards((ulong)step);
            edit.SetCatalogLog(new CatalogLogEntry($"catalog-{step}.log", step * 100, (uint)step));
        }

        return edit;
    }

    public static SegmentEntry SegmentOf(int number) => new()
    {
        SegmentNumber = number,
        Shard = number % 4,
        Role = (SegmentRole)(number % 3),
        WindowStartNs = number * 7_200_000_000_000L,
        WindowSizeNs = 7_200_000_000_000L,
        MinTimestampNs = (number * 7_200_000_000_000L) + 5,
        MaxTimestampNs = (number * 7_200_000_000_000L) + 500,
        MinLsn = (ulong)number,
        MaxLsn = (ulong)number + 9,
        SizeBytes = 4096L * number,
        FooterCrc32C = 0xF0000000u + (uint)number,
        Uuid = new Guid(number, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
    };

    public static string Describe(ManifestState state) => string.Join(
        '\n',
        [
            $"{state.DatabaseUuid} commit {state.CommitNumber} next {state.NextSegmentNumber}",
            $"durable {state.KnownDurableLsn} catalog {state.CatalogLog}",
            string.Join(' ', state.FlushedLsns),
            .. state.Segments.Values.Select(segment => segment.ToString()),
        ]);

    public static string Read(IStorageDevice device) => Describe(ManifestReader.Read(device).State);

    /// <summary>The states after the making and after each commit.</summary>
    public static List<string> WriteHistory(IStorageDevice device)
    {
        using Manifest manifest = CreateNew(device);
        List<string> states = [Describe(manifest.Current)];
        for (int step = 1; step <= CommitCount; step++)
        {
            states.Add(Describe(manifest.Commit(EditOf(step))));
        }

        return states;
    }
}
