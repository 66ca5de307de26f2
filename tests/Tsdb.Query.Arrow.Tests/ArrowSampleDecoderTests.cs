using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using Tsdb.Core;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Query.Arrow.Tests;

public sealed class ArrowSampleDecoderTests
{
    private readonly RejectLog _rejects = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void Rows_keep_time_key_and_cells_however_the_stream_is_cut(int pieceSizeBytes)
    {
        TableRows rows = Read(pieceSizeBytes).GetTable(0);
        Assert.Equal("cpu", Encoding.UTF8.GetString(rows.Name));
        Assert.Equal([1_000_000, 2_000_000, 3_000_000], rows.TimestampsNs[..rows.RowCount]);
        Assert.Equal([1, 2, 3], rows.LineNumbers[..rows.RowCount]);
        Assert.Equal(0, _rejects.Count);
    }

    [Fact]
    public void Keys_are_canonical_and_shared_by_equal_tags()
    {
        SampleBatch batch = Read(1 << 20);
        TableRows rows = batch.GetTable(0);
        string[] keys = [.. Enumerable.Range(0, 3).Select(i => Key(batch, i))];
        Assert.Equal(["cpu,az=x\\ y,host=a", "cpu,host=b", "cpu,az=x\\ y,host=a"], keys);
        Assert.Equal([0, 1, 0], rows.KeyIndexes[..3]);
        Assert.Equal(
            KeyHash.Compute(Encoding.UTF8.GetBytes(keys[1])), rows.Keys!.GetHash(1));
    }

    [Fact]
    public void Null_is_absent_and_marked_and_NaN_is_kept_and_marked()
    {
        TableRows rows = Read(1 << 20).GetTable(0);
        SampleColumn value = Column(rows, "value", CellKind.Value);
        Assert.True(value.IsSparse);
        Assert.Equal([1, 2], value.RowIndexes[..value.CellCount]);
        Assert.Equal(BitConverter.DoubleToUInt64Bits(double.NaN), value.Cells[0]);
        Assert.Equal(BitConverter.DoubleToUInt64Bits(2.5), value.Cells[1]);
        SampleColumn status = Column(rows, "value", CellKind.Status);
        Assert.Equal(ColumnType.Int64, status.Type);
        Assert.Equal([0, 1], status.RowIndexes[..status.CellCount]);
        Assert.Equal([0x809B_0000UL, 0x809B_0000UL], status.Cells[..status.CellCount]);
    }

    [Fact]
    public void Whole_numbers_without_nulls_are_dense_and_unmarked()
    {
        TableRows rows = Read(1 << 20).GetTable(0);
        SampleColumn count = Column(rows, "count", CellKind.Value);
        Assert.False(count.IsSparse);
        Assert.Equal(ColumnType.Int64, count.Type);
        Assert.Equal(-3, (long)count.Cells[0]);
        Assert.DoesNotContain(Columns(rows), c => c.Kind == CellKind.Status && NameOf(c) == "count");
    }

    [Fact]
    public void A_row_without_time_is_refused_and_the_others_are_kept()
    {
        Field[] fields = [new("time", Int64Type.Default, true), new("v", UInt64Type.Default, true)];
        Schema schema = new(fields, null);
        byte[] bytes = SenderStream.Write(
            schema,
            [
                new Int64Array.Builder().Append(5).AppendNull().Append(7).Append(8).Build(),
                new UInt64Array.Builder().Append(1).Append(2).Append(ulong.MaxValue).Append(4).Build(),
            ]);
        TableRows rows = Assert.Single(SenderStream.Read(bytes, 1 << 20, [], _rejects)).GetTable(0);
        Assert.Equal([5, 8], rows.TimestampsNs[..rows.RowCount]);
        Assert.Equal([1, 4], rows.LineNumbers[..rows.RowCount]);
        Assert.Equal(
            [(2, RejectReason.MalformedTimestamp), (3, RejectReason.IntegerOutOfRange)],
            _rejects.Entries.Select(r => (r.LineNumber, r.Reason)));
        Assert.Equal([1UL, 4UL], Column(rows, "v", CellKind.Value).Cells[..2]);
    }

    [Theory]
    [InlineData("no time column", "v")]
    [InlineData("appears twice", "ts", "v", "v")]
    [InlineData("no field columns", "ts")]
    public void A_schema_that_cannot_be_stored_is_refused_with_the_reason(
        string reason, params string[] names)
    {
        Schema schema = new(names.Select(n => new Field(n, Int64Type.Default, true)), null);
        ArrowInputException fault = Assert.Throws<ArrowInputException>(
            () => SenderStream.Read(SenderStream.Write(schema), 1 << 20, [], _rejects));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_tags_and_time_may_stand_in_the_schema_s_metadata()
    {
        Dictionary<string, string> metadata = new()
        {
            ["tsdb.table"] = "m",
            ["tsdb.tags"] = "b, a",
            ["tsdb.time"] = "when",
        };
        Field[] fields =
        [
            new("when", Int64Type.Default, false), new("b", StringType.Default, true),
            new("a", StringType.Default, true), new("ts", DoubleType.Default, true),
        ];
        byte[] bytes = SenderStream.Write(
            new Schema(fields, metadata),
            [
                new Int64Array.Builder().Append(7).Build(), new StringArray.Builder().Append("vb").Build(),
                new StringArray.Builder().Append("va").Build(), new DoubleArray.Builder().Append(1).Build(),
            ]);
        SampleBatch batch =
            Assert.Single(SenderStream.Read(bytes, 1 << 20, new ArrowSampleOptions(), _rejects));
        Assert.Equal("m,a=va,b=vb", Key(batch, 0));
        Assert.Equal([7], batch.GetTable(0).TimestampsNs[..1]);
        Assert.Equal("ts", NameOf(Assert.Single(Columns(batch.GetTable(0)))));
    }

    private SampleBatch Read(int pieceSizeBytes)
    {
        Schema schema = new(
            [
                new Field("ts", new TimestampType(TimeUnit.Millisecond, "UTC"), false),
                new Field("host", StringType.Default, true),
                new Field("az", new DictionaryType(Int8Type.Default, StringType.Default, false), true),
                new Field("value", DoubleType.Default, true),
                new Field("count", Int16Type.Default, true),
                new Field("note", StringType.Default, true),
            ],
            null);
        byte[] bytes = SenderStream.Write(
            schema,
            [
                new Int64ArrayOf(1, 2, 3).AsTimestamps(),
                new StringArray.Builder().Append("a").Append("b").Append("a").Build(),
                new DictionaryArray(
                    (DictionaryType)schema.FieldsList[2].DataType,
                    new Int8Array.Builder().Append(0).AppendNull().Append(0).Build(),
                    new StringArray.Builder().Append("x y").Build()),
                new DoubleArray.Builder().AppendNull().Append(double.NaN).Append(2.5).Build(),
                new Int16Array.Builder().Append(-3).Append(4).Append(5).Build(),
                new StringArray.Builder().Append("n").AppendNull().Append("").Build(),
            ]);
        return Assert.Single(SenderStream.Read(bytes, pieceSizeBytes, ["host", "az"], _rejects));
    }

    private static string Key(SampleBatch batch, int row)
    {
        TableRows rows = batch.GetTable(0);
        return Encoding.UTF8.GetString(rows.Keys!.GetKey(rows.KeyIndexes[row]));
    }

    private static IEnumerable<SampleColumn> Columns(TableRows rows) =>
        Enumerable.Range(0, rows.ColumnCount).Select(rows.GetColumn);

    private static string NameOf(SampleColumn column) => Encoding.UTF8.GetString(column.Name);

    private static SampleColumn Column(TableRows rows, string name, CellKind kind) =>
        Columns(rows).Single(c => NameOf(c) == name && c.Kind == kind);

    private sealed class Int64ArrayOf(params long[] values)
    {
        public TimestampArray AsTimestamps()
        {
            byte[] bytes = new byte[values.Length * sizeof(long)];
            Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            return new TimestampArray(
                new TimestampType(TimeUnit.Millisecond, "UTC"),
                new ArrowBuffer(bytes), ArrowBuffer.Empty, values.Length, 0, 0);
        }
    }
}
