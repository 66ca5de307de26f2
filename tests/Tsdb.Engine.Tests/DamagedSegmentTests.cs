using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage;
using Tsdb.Storage.Segments;

namespace Tsdb.Engine.Tests;

/// <summary>A damaged segment is reported and set aside; what needs it fails, everything else goes
/// on.</summary>
public sealed class DamagedSegmentTests
{
    private static readonly StorageOptions _options = new() { WalFileSizeBytes = 64 << 10, ShardCount = 1 };

    [Fact]
    public async Task A_query_that_needs_a_damaged_segment_fails_and_any_other_answers()
    {
        SimulatedStorageDevice device = await WriteTwoDaysAsync();
        string path = FirstSegment(device);
        byte[] bytes = device.ReadFile(path);
        bytes[^10] ^= 1;
        device.PutFile(path, bytes);

        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        DamagedSegment damaged = Assert.Single(storage.GetStatistics().DamagedSegments);
        Assert.Equal(path, damaged.Path);
        Assert.IsType<SegmentCorruptException>(damaged.Cause);
        Assert.Throws<DamagedSegmentException>(() => TestTable.Read(storage, "t"));
        Assert.Equal([2], ReadTimes(storage, new TimeRange(damaged.LastTimestampNs + 1, long.MaxValue)));
    }

    [Fact]
    public async Task A_check_names_the_file_and_the_offset_of_a_flipped_byte()
    {
        SimulatedStorageDevice device = await WriteTwoDaysAsync();
        List<string> damages = [];
        StorageCheckResult clean =
            StorageCheck.Run(device, damages.Add, TestContext.Current.CancellationToken);
        Assert.Equal((2, 0), (clean.SegmentCount, clean.DamageCount));

        string path = FirstSegment(device);
        byte[] bytes = device.ReadFile(path);
        bytes[260] ^= 1;
        device.PutFile(path, bytes);
        StorageCheckResult result =
            StorageCheck.Run(device, damages.Add, TestContext.Current.CancellationToken);
        Assert.Equal(1, result.DamageCount);
        Assert.Contains(path, damages[0], StringComparison.Ordinal);
        Assert.Contains("256", damages[0], StringComparison.Ordinal);
    }

    private static async Task<SimulatedStorageDevice> WriteTwoDaysAsync()
    {
        SimulatedStorageDevice device = new();
        await using StorageEngine storage = StorageEngine.Open(device, _options, TimeProvider.System);
        await TestTable.WriteAsync(storage, "t v=1i 1\n");
        await storage.FlushAsync(TestContext.Current.CancellationToken);
        await TestTable.WriteAsync(storage, "t v=2i 86400000000000\n");
        return device;
    }

    private static string FirstSegment(SimulatedStorageDevice device) =>
        "segments/" + device.List("segments")[0];

    private static List<long> ReadTimes(StorageEngine storage, TimeRange range)
    {
        Assert.True(storage.Catalog.TryGetTable("t", out TableSchema? table));
        using StorageSnapshot snapshot = storage.OpenSnapshot();
        SeriesReader reader = snapshot.CreateReader(table, [ColumnKey.ValueOf(1)]);
        reader.Open(snapshot.FindTags(table).GetSeries(0), range);
        List<long> values = [];
        while (reader.MoveNext())
        {
            foreach (ulong cell in reader.Column(0).Cells)
            {
                values.Add((long)cell);
            }
        }

        return values;
    }
}
