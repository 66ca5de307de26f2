using System.Text;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Tsdb.Core;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Query.Arrow.Tests;

public sealed class ArrowTypeTests
{
    private const long NsPerDay = 86_400_000_000_000;

    [Theory]
    [InlineData(null)]
    [InlineData(CompressionCodecType.Lz4Frame)]
    [InlineData(CompressionCodecType.Zstd)]
    public void Every_type_becomes_cells_and_null_is_said_of_each(CompressionCodecType? codec)
    {
        RejectLog rejects = new();
        SampleBatch batch = Assert.Single(
            SenderStream.Read(SeedStreams.Make(codec), 1 << 20, new ArrowSampleOptions(), rejects));
        TableRows rows = batch.GetTable(0);
        Assert.Equal(0, rejects.Count);
        Assert.Equal("t", Encoding.UTF8.GetString(rows.Name));
        Assert.Equal([0, 1_709_164_800_000_000_000, -NsPerDay], rows.TimestampsNs[..3]);
        Assert.Equal(
            ["t,host=a,zone=x", "t,host=b", "t,host=a,zone=x"],
            rows.KeyIndexes[..3].Select(index => Encoding.UTF8.GetString(rows.Keys!.GetKey(index))));
        AssertCells(rows, "int8", ColumnType.Int64, unchecked((ulong)-128), 127);
        AssertCells(rows, "int16", ColumnType.Int64, unchecked((ulong)short.MinValue), 7);
        AssertCells(rows, "int32", ColumnType.Int64, unchecked((ulong)int.MinValue), 7);
        AssertCells(rows, "int64", ColumnType.Int64, 1UL << 63, 7);
        AssertCells(rows, "uint8", ColumnType.Int64, 255, 7);
        AssertCells(rows, "uint16", ColumnType.Int64, 65535, 7);
        AssertCells(rows, "uint32", ColumnType.Int64, uint.MaxValue, 7);
        AssertCells(rows, "uint64", ColumnType.Int64, long.MaxValue, 7);
        AssertCells(rows, "float16", ColumnType.Float64, Bits(1.5), Bits(2));
        AssertCells(rows, "float32", ColumnType.Float64, Bits(0.1f), Bits(2));
        AssertCells(rows, "float64", ColumnType.Float64, Bits(0.1), Bits(2));
        AssertCells(rows, "bool", ColumnType.Bool, 1, 0);
        AssertCells(rows, "timestamp_s", ColumnType.Timestamp, 5_000_000_000, 0);
        AssertCells(rows, "timestamp_ms", ColumnType.Timestamp, 5_000_000_000, 0);
        AssertCells(rows, "timestamp_ns", ColumnType.Timestamp, 5_000_000_000, 0);
        AssertCells(rows, "date32", ColumnType.Timestamp, 2 * NsPerDay, 0);
        AssertCells(rows, "date64", ColumnType.Timestamp, 2 * NsPerDay, 0);
        AssertTexts(batch, "utf8", "grün", "");
        AssertTexts(batch, "large_utf8", "grün", "");
        AssertTexts(batch, "utf8_view", "short", "longer than twelve bytes");
        SampleColumn shared = Find(rows, "in_dictionary", CellKind.Value);
        Assert.Equal(3, shared.CellCount);
        SampleColumn untyped = Find(rows, "null", CellKind.Value);
        Assert.Equal((ColumnType.None, 0), (untyped.Type, untyped.CellCount));
        Assert.Equal(3, Find(rows, "null", CellKind.Status).CellCount);
    }

    [Fact]
    public void A_type_that_cannot_be_stored_is_refused_by_the_name_of_its_column()
    {
        IArrowType[] types =
        [
            new ListType(Int32Type.Default), new StructType([new Field("x", Int32Type.Default, true)]),
            BinaryType.Default, new Decimal128Type(10, 2), Time64Type.Default, DurationType.Nanosecond,
            new DictionaryType(Int32Type.Default, DoubleType.Default, false),
        ];
        foreach (IArrowType type in types)
        {
            Schema schema = new(
                [new Field("ts", Int64Type.Default, false), new Field("odd one", type, true)], null);
            ArrowInputException fault = Assert.Throws<ArrowInputException>(
                () => SenderStream.Read(SenderStream.Write(schema), 1 << 20, [], new RejectLog()));
            Assert.StartsWith("column 'odd one' is ", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_column_of_whole_tag_sets_gives_the_same_keys_as_columns_of_tags()
    {
        Schema schema = new(
            [
                new Field("ts", Int64Type.Default, false), new Field("set", StringType.Default, true),
                new Field("v", Int64Type.Default, false),
            ],
            new Dictionary<string, string> { ["tsdb.tagset"] = "set" });
        byte[] bytes = SenderStream.Write(
            schema,
            [
                new Int64Array.Builder().AppendRange([1, 2, 3, 4, 5]).Build(),
                new StringArray.Builder().Append(@"zone=x\ y,host=a").Append("").AppendNull()
                    .Append("host").Append("host=b").Build(),
                new Int64Array.Builder().AppendRange([1, 2, 3, 4, 5]).Build(),
            ]);
        RejectLog rejects = new();
        TableRows rows = Assert.Single(SenderStream.Read(bytes, 1 << 20, [], rejects)).GetTable(0);
        Assert.Equal(
            [@"cpu,host=a,zone=x\ y", "cpu", "cpu", "cpu,host=b"],
            Enumerable.Range(0, 4).Select(
                row => Encoding.UTF8.GetString(rows.Keys!.GetKey(rows.KeyIndexes[row]))));
        Assert.Equal(
            [(4, RejectReason.MalformedTag)], rejects.Entries.Select(r => (r.LineNumber, r.Reason)));
    }

    [Fact]
    public void Instants_beyond_nanoseconds_in_64_bits_refuse_their_rows()
    {
        TimestampType seconds = new(TimeUnit.Second, (string?)null);
        Schema schema = new(
            [new Field("ts", seconds, false), new Field("v", Int64Type.Default, false)], null);
        byte[] times = new byte[3 * sizeof(long)];
        Buffer.BlockCopy(new[] { 9_223_372_036, 9_223_372_037, -9_223_372_037 }, 0, times, 0, times.Length);
        byte[] bytes = SenderStream.Write(
            schema,
            [
                new TimestampArray(seconds, new ArrowBuffer(times), ArrowBuffer.Empty, 3, 0, 0),
                new Int64Array.Builder().AppendRange([1, 2, 3]).Build(),
            ]);
        RejectLog rejects = new();
        TableRows rows = Assert.Single(SenderStream.Read(bytes, 1 << 20, [], rejects)).GetTable(0);
        Assert.Equal([9_223_372_036_000_000_000], rows.TimestampsNs[..rows.RowCount]);
        Assert.Equal([2, 3], rejects.Entries.Select(reject => reject.LineNumber));
        Assert.All(
            rejects.Entries, reject => Assert.Equal(RejectReason.TimestampOutOfRange, reject.Reason));
    }

    private static void AssertCells(TableRows rows, string name, ColumnType type, ulong first, ulong third)
    {
        SampleColumn values = Find(rows, name, CellKind.Value);
        Assert.Equal(type, values.Type);
        Assert.Equal([0, 2], values.RowIndexes[..values.CellCount]);
        Assert.Equal([first, third], values.Cells[..values.CellCount]);
        SampleColumn status = Find(rows, name, CellKind.Status);
        Assert.Equal([1], status.RowIndexes[..status.CellCount]);
        Assert.Equal([StatusCode.BadNoData.Value], status.Cells[..1]);
    }

    private static void AssertTexts(SampleBatch batch, string name, string first, string third)
    {
        SampleColumn values = Find(batch.GetTable(0), name, CellKind.Value);
        Assert.Equal([0, 2], values.RowIndexes[..values.CellCount]);
        Assert.Equal(
            [first, third],
            values.Cells[..values.CellCount].Select(
                cell => Encoding.UTF8.GetString(TextSpan.FromCell(cell).In(batch.Texts.Span))));
    }

    private static SampleColumn Find(TableRows rows, string name, CellKind kind) =>
        Enumerable.Range(0, rows.ColumnCount).Select(rows.GetColumn).Single(
            column => column.Kind == kind && Encoding.UTF8.GetString(column.Name) == name);

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);
}
