using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>Writes and reads whole segments on a device in memory.</summary>
internal static class SegmentFixture
{
    public const string Path = "segment";

    public static SegmentIdentity Identity(SegmentRole role = SegmentRole.OnTime, long minLsn = 1) => new(
        new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        SegmentNumber: 7,
        Shard: 0,
        ShardCount: 1,
        new TimeRange(0, long.MaxValue),
        role,
        minLsn,
        MaxLsn: minLsn + 99);

    /// <summary>Writes series 0, 1, 2 … with these rows.</summary>
    public static SegmentInfo Write(
        SimulatedStorageDevice device, string path, SegmentIdentity identity, params SeriesRows[] series)
    {
        using SegmentWriter writer = new(device, path, identity);
        for (int i = 0; i < series.Length; i++)
        {
            writer.Add(new SeriesId((uint)i), 3, series[i]);
        }

        return writer.Complete();
    }

    /// <summary>A segment with these rows, open.</summary>
    public static SegmentReader WriteAndOpen(params SeriesRows[] series)
    {
        SimulatedStorageDevice device = new();
        Write(device, Path, Identity(), series);
        return SegmentReader.Open(device, Path);
    }

    /// <summary>All rows of a series, read block by block.</summary>
    public static SeriesRows ReadAll(SegmentReader reader, SeriesId series)
    {
        SeriesRows rows = new();
        Assert.True(reader.TryFindSeries(series, out SeriesEntry entry));
        SegmentRows.Read(reader, entry, new SeriesBlocks(new ChunkScratch()), rows);
        return rows;
    }
}
