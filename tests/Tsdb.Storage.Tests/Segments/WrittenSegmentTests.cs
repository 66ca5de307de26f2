using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Flushing;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>A segment opened with its writer's indexes is the one that the file holds.</summary>
public sealed class WrittenSegmentTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    public void The_writers_indexes_are_those_that_the_file_holds(int seriesCount)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            Random random = new(seed);
            SimulatedStorageDevice device = new();
            WrittenSegment written = Write(
                device, seriesCount, i => RandomRows.Create(random, 1 + (i * 31 % 1500), i));
            CheckAlike(device, written, isBlockIndexKept: true);
        }
    }

    [Fact]
    public void A_large_block_index_is_read_from_the_file_once_it_is_wanted()
    {
        SimulatedStorageDevice device = new();
        WrittenSegment written = Write(device, 40_000, CreateShort);
        SegmentReader reader = CheckAlike(device, written, isBlockIndexKept: false);
        Assert.True(reader.BlockIndexSizeBytes > SegmentIndexes.KeptSizeBytesMax);
    }

    [Fact]
    public void A_block_index_is_paid_for_only_while_it_is_in_memory()
    {
        using DatabaseMemory memory = DatabaseMemory.CreateUnlimited();
        SegmentIndexCache cache = new(memory);
        SimulatedStorageDevice device = new();
        WrittenSegment written = Write(device, 40_000, CreateShort);
        SegmentReader reader = SegmentReader.OpenWritten(device, written.Path, written.Info, written.Indexes);
        reader.UseCache(cache);
        Assert.Equal(reader.FixedSizeBytes, memory.SegmentIndexes.UsedBytes);
        reader.GetSeries(0);
        Assert.Equal(
            reader.FixedSizeBytes + reader.BlockIndexSizeBytes, memory.SegmentIndexes.UsedBytes);
        reader.Release();
        Assert.Equal(0, memory.SegmentIndexes.UsedBytes);
    }

    [Fact]
    public void Another_file_in_its_place_is_reported()
    {
        SimulatedStorageDevice device = new();
        WrittenSegment written = Write(device, 2, CreateShort);
        device.Delete(written.Path);
        Write(device, 3, CreateShort);
        SegmentCorruptException exception = Assert.Throws<SegmentCorruptException>(
            () => SegmentReader.OpenWritten(device, written.Path, written.Info, written.Indexes));
        Assert.Equal(written.Path, exception.Path);
    }

    private static WrittenSegment Write(
        SimulatedStorageDevice device, int seriesCount, Func<int, SeriesRows> create)
    {
        using SegmentWriter writer = new(device, SegmentFixture.Path, SegmentFixture.Identity());
        for (int i = 0; i < seriesCount; i++)
        {
            writer.Add(new SeriesId((uint)(i + (i / 3))), i % 5, create(i));
        }

        return WrittenSegment.Complete(writer, SegmentFixture.Path, 17);
    }

    private static SeriesRows CreateShort(int seed)
    {
        SeriesRows rows = new();
        rows.EnsureCapacity(2);
        rows.RowCount = 2;
        RowColumn column = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Int64);
        for (int row = 0; row < 2; row++)
        {
            rows.TimestampsNs[row] = seed + (row * 1_000_000_000L);
            column.Cells[row] = (ulong)(seed * (row + 1));
        }

        return rows;
    }

    private static SegmentReader CheckAlike(
        SimulatedStorageDevice device, WrittenSegment written, bool isBlockIndexKept)
    {
        SegmentReader handed = SegmentReader.OpenWritten(device, written.Path, written.Info, written.Indexes);
        SegmentReader read = SegmentReader.Open(device, written.Path);
        Assert.Equal(isBlockIndexKept, written.Indexes.BlockIndex is not null);
        Assert.Equal(read.Path, handed.Path);
        Assert.Equal(read.Identity, handed.Identity);
        Assert.Equal(read.Footer, handed.Footer);
        Assert.Equal(written.Info, handed.Info);
        Assert.Equal(read.FixedSizeBytes, handed.FixedSizeBytes);
        Assert.Equal(read.BlockIndexSizeBytes, handed.BlockIndexSizeBytes);
        Assert.Equal(read.SeriesCount, handed.SeriesCount);
        Assert.True(read.BlockIndex.SequenceEqual(handed.BlockIndex));
        for (int i = 0; i < read.SeriesCount; i++)
        {
            SeriesEntry series = read.GetSeries(i);
            Assert.Equal(series, handed.GetSeries(i));
            Assert.True(read.GetColumns(series).SequenceEqual(handed.GetColumns(series)));
        }

        read.Release();
        return handed;
    }
}
