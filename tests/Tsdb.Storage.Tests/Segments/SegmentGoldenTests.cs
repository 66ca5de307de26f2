using System.Text;
using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>
/// Files written by released versions must be read for ever. A new version adds its file; the old ones stay.
/// Set TSDB_WRITE_GOLDEN=1 to write the present version's file where there is none.
/// </summary>
public sealed class SegmentGoldenTests
{
    private const string FileName = "v1.0.segment";

    [Fact]
    public void The_file_of_version_1_0_reads_as_it_was_written()
    {
        string path = Path.Combine(GetDirectory(), FileName);
        if (Environment.GetEnvironmentVariable("TSDB_WRITE_GOLDEN") == "1" && !File.Exists(path))
        {
            SimulatedStorageDevice writing = new();
            SegmentFixture.Write(
                writing, SegmentFixture.Path, SegmentFixture.Identity(), CreateRows(1), CreateRows(1500));
            File.WriteAllBytes(path, writing.ReadFile(SegmentFixture.Path));
        }

        SimulatedStorageDevice device = new();
        device.PutFile(SegmentFixture.Path, File.ReadAllBytes(path));
        SegmentReader reader = SegmentReader.Open(device, SegmentFixture.Path);
        Assert.Equal(SegmentFixture.Identity(), reader.Identity);
        Assert.Equal(2, reader.SeriesCount);
        RowsAssert.Equal(CreateRows(1), SegmentFixture.ReadAll(reader, new SeriesId(0)), "series 0");
        RowsAssert.Equal(CreateRows(1500), SegmentFixture.ReadAll(reader, new SeriesId(1)), "series 1");

        Assert.True(reader.TryFindSeries(new SeriesId(1), out SeriesEntry entry));
        SeriesBlocks blocks = new(new ChunkScratch());
        blocks.Open(reader, entry);
        int floats = blocks.FindColumn(ColumnKey.ValueOf(2));
        Assert.True(blocks.TryGetStatistics(0, floats, out BlockStatistics statistics));
        Assert.Equal(1024, statistics.PresentCount);
        Assert.Equal(2, statistics.DecimalScale);
        Assert.Equal(Enumerable.Range(0, 1024).Sum(row => (row * row % 1000) - 300), statistics.IntegerSum);
    }

    /// <summary>Rows made by arithmetic alone, so that no library's random numbers can change them.</summary>
    private static SeriesRows CreateRows(int rowCount)
    {
        SeriesRows rows = new();
        rows.EnsureCapacity(rowCount);
        rows.RowCount = rowCount;
        RowColumn integers = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Int64);
        RowColumn floats = rows.AddColumn(ColumnKey.ValueOf(2), ColumnType.Float64);
        RowColumn flags = rows.AddColumn(ColumnKey.ValueOf(3), ColumnType.Bool);
        RowColumn texts = rows.AddColumn(ColumnKey.ValueOf(4), ColumnType.String);
        RowColumn times = rows.AddColumn(ColumnKey.ValueOf(5), ColumnType.Timestamp);
        RowColumn sparse = rows.AddColumn(ColumnKey.ValueOf(6), ColumnType.Float64);
        RowColumn status = rows.AddColumn(new ColumnKey(6, CellKind.Status), ColumnType.Int64);
        RowColumn arrival = rows.AddColumn(new ColumnKey(0, CellKind.Arrival), ColumnType.Timestamp);
        for (int row = 0; row < rowCount; row++)
        {
            long timestampNs = 1_700_000_000_000_000_000 + (row * 1_000_000_000L) + (row % 7 * 1_000_000);
            rows.TimestampsNs[row] = timestampNs;
            integers.Cells[row] = (ulong)((row % 5) - 2);
            floats.Cells[row] = BitConverter.DoubleToUInt64Bits(((row * row % 1000) - 300) / 100.0);
            flags.Cells[row] = (ulong)(row % 3 == 0 ? 1 : 0);
            texts.Cells[row] = rows.Texts.Append(Encoding.UTF8.GetBytes($"state {row % 4}")).ToCell();
            times.Cells[row] = (ulong)(timestampNs - row);
            arrival.Cells[row] = (ulong)(timestampNs + 5_000_000);
            sparse.Cells[row] = BitConverter.DoubleToUInt64Bits(1.0 / (row + 3));
            status.Cells[row] = 0x8000_0000;
            if (row % 10 != 0)
            {
                sparse.SetAbsent(row);
            }

            if (row % 100 != 0)
            {
                status.SetAbsent(row);
            }
        }

        return rows;
    }

    private static string GetDirectory() => GoldenFiles.FindRoot("segment");
}
