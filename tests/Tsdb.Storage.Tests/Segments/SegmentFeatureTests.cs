using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>What the format reserves is written, read, announced, and free where it is absent.</summary>
public sealed class SegmentFeatureTests
{
    [Theory]
    [InlineData(1, CellKind.Status, ColumnType.Int64, SegmentFeatures.StatusCells)]
    [InlineData(1, CellKind.Findings, ColumnType.Int64, SegmentFeatures.FindingsCells)]
    [InlineData(1, CellKind.Repaired, ColumnType.Float64, SegmentFeatures.RepairedCells)]
    [InlineData(0, CellKind.RawTimestamp, ColumnType.Timestamp, SegmentFeatures.RawTimestamps)]
    [InlineData(0, CellKind.Arrival, ColumnType.Timestamp, SegmentFeatures.ArrivalTimes)]
    [InlineData(0, CellKind.SourceStream, ColumnType.Int64, SegmentFeatures.SourceSequences)]
    [InlineData(0, CellKind.SourceSequence, ColumnType.Int64, SegmentFeatures.SourceSequences)]
    public void Each_kind_of_cell_is_kept_and_announced(
        int columnId, CellKind kind, ColumnType type, object expected)
    {
        foreach (double presentRatio in new[] { 1.0, 0.3, 0.005 })
        {
            Random random = new(3);
            SeriesRows rows = CreatePlain(random);
            RowColumn column = RandomRows.AddColumn(
                rows, random, new ColumnKey(columnId, kind), type, presentRatio);
            column.SetPresent(17);
            column.Cells[17] = 99;
            SegmentReader reader = SegmentFixture.WriteAndOpen(rows);
            Assert.Equal(expected, reader.Info.Features);
            RowsAssert.Equal(rows, SegmentFixture.ReadAll(reader, new SeriesId(0)), $"{kind} {presentRatio}");
        }
    }

    [Fact]
    public void A_row_that_has_a_status_but_no_value_is_announced_as_a_patch()
    {
        Random random = new(3);
        SeriesRows rows = CreatePlain(random);
        rows.Columns[0].SetAbsent(1500);
        RowColumn status = rows.AddColumn(new ColumnKey(1, CellKind.Status), ColumnType.Int64);
        status.SetAbsent(0, rows.RowCount);
        status.SetPresent(1500);
        status.Cells[1500] = 0x8000_0000;
        SegmentReader reader = SegmentFixture.WriteAndOpen(rows);
        Assert.Equal(SegmentFeatures.StatusCells | SegmentFeatures.StatusPatches, reader.Info.Features);
        RowsAssert.Equal(rows, SegmentFixture.ReadAll(reader, new SeriesId(0)), "patch");
    }

    [Fact]
    public void Kept_versions_repeat_timestamps_in_history_segments()
    {
        Random random = new(3);
        SeriesRows rows = CreatePlain(random);
        rows.TimestampsNs[1024] = rows.TimestampsNs[1023];
        rows.TimestampsNs[5] = rows.TimestampsNs[6];
        foreach (CellKind kind in new[] { CellKind.VersionFrom, CellKind.VersionTo })
        {
            RandomRows.AddColumn(rows, random, new ColumnKey(0, kind), ColumnType.Int64, 1.0);
        }

        SimulatedStorageDevice device = new();
        SegmentFixture.Write(device, SegmentFixture.Path, SegmentFixture.Identity(SegmentRole.History), rows);
        SegmentReader reader = SegmentReader.Open(device, SegmentFixture.Path);
        Assert.Equal(SegmentRole.History, reader.Identity.Role);
        Assert.Equal(SegmentFeatures.KeptVersions, reader.Info.Features);
        RowsAssert.Equal(rows, SegmentFixture.ReadAll(reader, new SeriesId(0)), "history");
    }

    [Fact]
    public void Repeated_timestamps_are_refused_elsewhere()
    {
        SeriesRows rows = CreatePlain(new Random(3));
        rows.TimestampsNs[5] = rows.TimestampsNs[6];
        Assert.Throws<InvariantViolatedException>(() => SegmentFixture.WriteAndOpen(rows));
    }

    [Fact]
    public void A_file_without_them_has_no_byte_of_them()
    {
        SeriesRows plain = CreatePlain(new Random(3));
        SeriesRows withEmpty = CreatePlain(new Random(3));
        foreach (CellKind kind in Enum.GetValues<CellKind>().Where(kind => kind != CellKind.Value))
        {
            int columnId = kind <= CellKind.Repaired ? 1 : 0;
            withEmpty.AddColumn(new ColumnKey(columnId, kind), ColumnType.Int64).SetAbsent(
                0, withEmpty.RowCount);
        }

        byte[] plainBytes = WriteBytes(plain);
        Assert.Equal(plainBytes, WriteBytes(withEmpty));
        Assert.Equal(SegmentFeatures.None, SegmentFixture.WriteAndOpen(withEmpty).Info.Features);

        // One layout, two columns: their keys' steps and types, and nothing else.
        SegmentReader reader = SegmentFixture.WriteAndOpen(plain);
        Assert.Equal(6, reader.Footer.Layouts.SizeBytes);
    }

    [Fact]
    public void The_identity_comes_back()
    {
        SegmentIdentity identity = new(
            new Guid("ffeeddcc-bbaa-9988-7766-554433221100"),
            long.MaxValue,
            Shard: 3,
            ShardCount: 16,
            new TimeRange(-5, 1_000_000_000_000),
            SegmentRole.Late,
            MinLsn: 17,
            MaxLsn: 4711);
        SimulatedStorageDevice device = new();
        using (SegmentWriter writer = new(device, SegmentFixture.Path, identity))
        {
            writer.Add(new SeriesId(19), 2, CreatePlain(new Random(1)));
            Assert.Throws<InvariantViolatedException>(
                () => writer.Add(new SeriesId(36), 2, CreatePlain(new Random(1))));
            writer.Complete();
        }

        SegmentReader reader = SegmentReader.Open(device, SegmentFixture.Path);
        Assert.Equal(identity, reader.Identity);
        Assert.Equal(new SeriesId(19), reader.GetSeries(0).Series);
    }

    [Fact]
    public void An_obsolete_file_goes_away_with_its_last_reference()
    {
        SimulatedStorageDevice device = new();
        SegmentFixture.Write(
            device, SegmentFixture.Path, SegmentFixture.Identity(), CreatePlain(new Random(1)));
        SegmentReader reader = SegmentReader.Open(device, SegmentFixture.Path);
        Assert.True(reader.TryAcquire());
        reader.MarkObsolete();
        reader.Release();
        Assert.True(device.Exists(SegmentFixture.Path));
        Assert.Equal(2000, SegmentFixture.ReadAll(reader, new SeriesId(0)).RowCount);
        reader.Release();
        Assert.False(device.Exists(SegmentFixture.Path));
        Assert.False(reader.TryAcquire());
    }

    private static SeriesRows CreatePlain(Random random)
    {
        SeriesRows rows = new();
        RandomRows.AddTimestamps(rows, random, 2000, 0, 1000);
        RandomRows.AddColumn(rows, random, ColumnKey.ValueOf(1), ColumnType.Float64, 1.0);
        RandomRows.AddColumn(rows, random, ColumnKey.ValueOf(2), ColumnType.Int64, 1.0);
        return rows;
    }

    private static byte[] WriteBytes(SeriesRows rows)
    {
        SimulatedStorageDevice device = new();
        SegmentFixture.Write(device, SegmentFixture.Path, SegmentFixture.Identity(), rows);
        return device.ReadFile(SegmentFixture.Path);
    }
}
