using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Compaction;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Tests.Segments;

namespace Tsdb.Storage.Tests.Compaction;

/// <summary>Merges touch only the blocks that a row falls into, stop at any block, and leave out what was
/// deleted.</summary>
public sealed class BlockwiseMergeTests
{
    private const long StepNs = 1000;
    private const int BlockCount = 8;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Blocks_that_no_late_row_falls_into_are_copied_byte_for_byte()
    {
        SimulatedStorageDevice device = new();
        SegmentReader[] inputs =
        [
            WriteSegment(device, "on-time", SegmentRole.OnTime, 1, TimesOf(BlockCount * 1024)),
            WriteSegment(device, "late", SegmentRole.Late, 200, [500, 5_000_500]),
        ];
        WrittenSegment output = Assert.Single(MergeFixture.Merge(device, inputs, Stop));
        SegmentReader merged = SegmentReader.Open(device, output.Path);
        List<byte[]> written = ChunksOf(merged);
        List<byte[]> original = ChunksOf(inputs[0]);

        // The two late rows fall into blocks 0 and 4; the six others are found again, bytes and statistics.
        int sameCount = original.Count(chunk => written.Exists(other => chunk.AsSpan().SequenceEqual(other)));
        Assert.Equal(BlockCount - 2, sameCount);
        Assert.Equal(2 * ((BlockCount * 1024) + 2), merged.Info.RowCount);
    }

    [Fact]
    public void A_merge_gives_each_window_its_rows()
    {
        SimulatedStorageDevice device = new();
        SegmentReader input = WriteSegment(device, "in", SegmentRole.OnTime, 1, TimesOf(5000));
        TimeRange first = new(0, 2_500_000);
        TimeRange second = new(2_500_000, 9_000_000);
        List<WrittenSegment> outputs = MergeFixture.Merge(device, [input], null, [first, second], Stop);
        Assert.Equal([5000L, 5000L], outputs.Select(static output => output.Info.RowCount));
        Assert.Equal(2_499_000, outputs[0].Info.MaxTimestampNs);
        Assert.Equal(2_500_000, outputs[1].Info.MinTimestampNs);
    }

    [Fact]
    public void A_merge_cancelled_in_the_middle_leaves_no_file()
    {
        SimulatedStorageDevice device = new();
        SegmentReader input = WriteSegment(device, "in", SegmentRole.OnTime, 1, TimesOf(5000));
        using CancellationTokenSource cancellation = new();
        int askedCount = 0;
        void CancelAtSecond(SegmentReader segment, SeriesId series, List<TimeRange> target)
        {
            if (++askedCount == 2)
            {
                cancellation.Cancel();
            }
        }

        Assert.Throws<OperationCanceledException>(() => MergeFixture.Merge(
            device, [input], CancelAtSecond, [new TimeRange(0, 9_000_000)], cancellation.Token));
        Assert.Equal(2, askedCount);
        Assert.Empty(device.List(SegmentNames.Directory));
    }

    [Fact]
    public void Deleted_rows_of_an_input_are_left_out_and_newer_ones_stay()
    {
        SimulatedStorageDevice device = new();
        SegmentReader[] inputs =
        [
            WriteSegment(device, "old", SegmentRole.OnTime, 1, TimesOf(3000)),
            WriteSegment(device, "new", SegmentRole.Late, 200, [1_000_000]),
        ];
        RemovedRanges removed = (input, _, target) =>
        {
            if (input == inputs[0])
            {
                target.Add(new TimeRange(900_000, 1_100_000));
            }
        };
        WrittenSegment output = Assert.Single(
            MergeFixture.Merge(device, inputs, removed, [TimeRange.All], Stop));
        Assert.Equal(3000 - 200 + 1, output.Info.RowCount / 2);
        SeriesRows rows = SegmentFixture.ReadAll(
            SegmentReader.Open(device, output.Path), new SeriesId(0));
        Assert.Equal(
            [1_000_000L],
            rows.TimestampsNs.Take(rows.RowCount).Where(static ns => ns is >= 900_000 and < 1_100_000));
    }

    private static long[] TimesOf(int rowCount) =>
        [.. Enumerable.Range(0, rowCount).Select(static row => row * StepNs)];

    /// <summary>Two series with the same rows.</summary>
    private static SegmentReader WriteSegment(
        SimulatedStorageDevice device, string path, SegmentRole role, long lsn, long[] timesNs)
    {
        SeriesRows rows = new();
        rows.EnsureCapacity(timesNs.Length);
        timesNs.CopyTo(rows.TimestampsNs, 0);
        rows.RowCount = timesNs.Length;
        RowColumn column = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Int64);
        for (int row = 0; row < timesNs.Length; row++)
        {
            column.Cells[row] = (ulong)(row * row % 1013) + (ulong)row;
        }

        SegmentFixture.Write(device, path, SegmentFixture.Identity(role, lsn), rows, rows);
        return SegmentReader.Open(device, path);
    }

    /// <summary>Of each block of series 0: its column's index entry, statistics included, and its
    /// chunk.</summary>
    private static List<byte[]> ChunksOf(SegmentReader segment)
    {
        SeriesBlocks blocks = new(new ChunkScratch());
        Assert.True(segment.TryFindSeries(new SeriesId(0), out SeriesEntry entry));
        blocks.Open(segment, entry);
        return
        [
            .. Enumerable.Range(0, blocks.BlockCount).Select(block => blocks.GetEntryBytes(block, 0).ToArray()
                .Concat(blocks.ReadColumnChunk(block, 0).ToArray()).ToArray()),
        ];
    }
}
