using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Segments.Merging;
using Tsdb.Storage.Tests.Segments;

namespace Tsdb.Storage.Tests.Compaction;

public sealed class SegmentCompactionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_compacted_segment_holds_what_merging_the_rows_gives()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            Random random = new(seed);
            SimulatedStorageDevice device = new();
            int seriesCount = 1 + random.Next(6);
            List<SegmentReader> segments = [];
            List<SeriesRows[]> written = [];
            for (int i = 0; i < 1 + random.Next(4); i++)
            {
                SeriesRows[] series = [.. Enumerable.Range(0, seriesCount).Select(_ => CreateRows(random))];
                SegmentFixture.Write(
                    device, $"in{i}", SegmentFixture.Identity(minLsn: 1 + (i * 100)), series);
                segments.Add(SegmentReader.Open(device, $"in{i}"));
                written.Add(series);
            }

            WrittenSegment output = Assert.Single(MergeFixture.Merge(device, segments, Stop));
            SegmentReader merged = SegmentReader.Open(device, output.Path);
            Assert.Equal(output.Info, merged.Info);
            Assert.Equal(seriesCount, merged.SeriesCount);
            for (int i = 0; i < seriesCount; i++)
            {
                SeriesRows expected = new();
                new SeriesMerge().Merge(written.Select(series => series[i]).ToArray(), expected);
                SeriesRows found = SegmentFixture.ReadAll(merged, new SeriesId((uint)i));
                RowsAssert.Equal(expected, found, $"seed {seed}, series {i}");
            }
        }
    }

    [Fact]
    public void A_patch_without_its_row_stays_a_patch()
    {
        SimulatedStorageDevice device = new();
        SeriesRows patch = new();
        patch.EnsureCapacity(1);
        patch.TimestampsNs[0] = 5;
        patch.RowCount = 1;
        patch.AddColumn(new ColumnKey(1, CellKind.Status), ColumnType.Int64).Cells[0] = 0x8000_0000;
        SegmentFixture.Write(device, "a", SegmentFixture.Identity(), CreateRows(new Random(1)));
        SegmentFixture.Write(device, "b", SegmentFixture.Identity(SegmentRole.Late, minLsn: 101), patch);
        SegmentReader[] segments = [SegmentReader.Open(device, "a"), SegmentReader.Open(device, "b")];
        WrittenSegment output = Assert.Single(MergeFixture.Merge(device, segments, Stop));
        SegmentReader merged = SegmentReader.Open(device, output.Path);
        SeriesRows rows = SegmentFixture.ReadAll(merged, new SeriesId(0));
        Assert.True(merged.Info.Features.HasFlag(SegmentFeatures.StatusPatches));
        Assert.Equal("1/Status=80000000 ", RowsAssert.DescribeRow(rows, 0));
    }

    [Fact]
    public void A_damaged_input_fails_the_merge_and_leaves_no_file()
    {
        SimulatedStorageDevice device = new();
        SegmentFixture.Write(device, "a", SegmentFixture.Identity(), CreateRows(new Random(1)));
        byte[] bytes = device.ReadFile("a");
        bytes[SegmentHeader.SizeBytes] ^= 1;
        device.PutFile("damaged", bytes);
        SegmentReader[] segments = [SegmentReader.Open(device, "damaged")];
        SegmentCorruptException damage = Assert.Throws<SegmentCorruptException>(
            () => MergeFixture.Merge(device, segments, Stop));
        Assert.Equal("damaged", damage.Path);
        Assert.Empty(device.List(SegmentNames.Directory));
    }

    private static SeriesRows CreateRows(Random random)
    {
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, random, 1 + random.Next(3000), 1000 + random.Next(3000), 4);
        RandomRows.AddColumn(rows, random, ColumnKey.ValueOf(1), ColumnType.Float64, 0.9);
        RandomRows.AddColumn(rows, random, ColumnKey.ValueOf(2), ColumnType.String, 1.0);
        return rows;
    }
}
