using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Tests;

public sealed class ArrowStreamEncoderTests
{
    private static readonly ResultColumn[] _columns =
    [
        new("ts", ResultType.Timestamp),
        new("host", ResultType.String, IsTag: true),
        new("value", ResultType.Float64),
        new("count", ResultType.Int64),
        new("up", ResultType.Bool),
        new("note", ResultType.String),
        new("quality", ResultType.Quality),
        new("nothing", ResultType.Null),
    ];

    [Fact]
    public void Every_type_comes_back_as_it_went()
    {
        List<RecordBatch> read = Decode(Encode(Batch(130, i => "h" + (i % 3))), out Schema schema);
        RecordBatch records = Assert.Single(read);
        Assert.Equal(130, records.Length);
        TimestampType time = Assert.IsType<TimestampType>(schema.FieldsList[0].DataType);
        Assert.Equal(TimeUnit.Nanosecond, time.Unit);
        Assert.Equal("UTC", time.Timezone);
        Assert.Equal(1_000_000_129, ((TimestampArray)records.Column(0)).GetValue(129));
        Assert.Equal("h1", Text(records.Column(1), 100));
        Assert.Equal(1.5 * 129, ((DoubleArray)records.Column(2)).GetValue(129));
        Assert.Null(((DoubleArray)records.Column(2)).GetValue(7));
        Assert.Equal(-64, ((Int64Array)records.Column(3)).GetValue(64));
        Assert.True(((BooleanArray)records.Column(4)).GetValue(0));
        Assert.False(((BooleanArray)records.Column(4)).GetValue(1));
        Assert.Equal("n129", ((StringArray)records.Column(5)).GetString(129));
        Assert.Equal("BAD", Text(records.Column(6), 0));
        Assert.Equal("GOOD", Text(records.Column(6), 2));
        Assert.Equal(130, records.Column(7).NullCount);
    }

    [Fact]
    public void A_dictionary_that_grows_is_sent_again_before_the_batch_that_needs_it()
    {
        byte[] stream = Encode(Batch(10, _ => "a"), Batch(10, _ => "a"), Batch(10, i => i < 5 ? "a" : "b"));
        List<RecordBatch> read = Decode(stream, out _);
        Assert.Equal(3, read.Count);
        Assert.Equal("a", Text(read[1].Column(1), 9));
        Assert.Equal("a", Text(read[2].Column(1), 4));
        Assert.Equal("b", Text(read[2].Column(1), 5));
    }

    [Fact]
    public void Texts_past_the_dictionary_limit_start_it_anew_and_still_read_right()
    {
        ColumnBatch[] batches =
            [.. Enumerable.Range(0, 5).Select(b => Batch(5000, i => $"b{b}-{i}"))];
        List<RecordBatch> read = Decode(Encode(batches), out _);
        int row = 0;
        foreach (RecordBatch records in read)
        {
            for (int i = 0; i < records.Length; i++, row++)
            {
                Assert.Equal($"b{row / 5000}-{row % 5000}", Text(records.Column(1), i));
            }
        }

        Assert.Equal(25_000, row);
    }

    [Fact]
    public void Plain_text_is_sent_without_dictionaries()
    {
        List<RecordBatch> read = Decode(Encode(plainText: true, Batch(5, i => "h" + i)), out Schema schema);
        Assert.IsType<StringType>(schema.FieldsList[1].DataType);
        Assert.Equal("h4", ((StringArray)read[0].Column(1)).GetString(4));
        Assert.Equal("UNCERTAIN", ((StringArray)read[0].Column(6)).GetString(1));
    }

    [Fact]
    public void Large_batches_are_cut_at_about_a_megabyte()
    {
        ColumnBatch batch = Batch(100_000, _ => "x");
        List<RecordBatch> read = Decode(Encode(batch), out _);
        Assert.True(read.Count > 3);
        Assert.Equal(100_000, read.Sum(records => records.Length));
        Assert.Equal(1_000_099_999, ((TimestampArray)read[^1].Column(0)).GetValue(read[^1].Length - 1));
        Assert.Equal("n99999", ((StringArray)read[^1].Column(5)).GetString(read[^1].Length - 1));
    }

    [Fact]
    public void A_result_without_rows_is_a_schema_and_an_end()
    {
        Assert.Empty(Decode(Encode(), out Schema schema));
        Assert.Equal(8, schema.FieldsList.Count);
    }

    private static ColumnBatch Batch(int rowCount, Func<int, string> host)
    {
        ColumnBatch batch = new(_columns) { RowCount = rowCount };
        foreach (ColumnVector column in batch.Columns)
        {
            column.EnsureCapacity(rowCount);
            column.ClearNulls();
        }

        string[] hosts = [.. Enumerable.Range(0, rowCount).Select(host)];
        batch.Columns[1].Texts = hosts;
        batch.Columns[5].Texts = [.. Enumerable.Range(0, rowCount).Select(i => "n" + i)];
        for (int i = 0; i < rowCount; i++)
        {
            batch.Columns[0].Longs[i] = 1_000_000_000 + i;
            batch.Columns[1].Words[i] = (ulong)i;
            batch.Columns[2].Doubles[i] = 1.5 * i;
            batch.Columns[3].Longs[i] = -i;
            batch.Columns[4].Words[i] = i % 2 == 0 ? 1UL : 0UL;
            batch.Columns[5].Words[i] = (ulong)i;
            batch.Columns[6].Words[i] = (ulong)(i % 3);
        }

        batch.Columns[2].SetNull(Math.Min(7, rowCount - 1));
        batch.Columns[7].SetAllNull();
        return batch;
    }

    private static byte[] Encode(params ColumnBatch[] batches) => Encode(plainText: false, batches);

    private static byte[] Encode(bool plainText, params ColumnBatch[] batches)
    {
        using ArrowStreamEncoder encoder = new(_columns, plainText);
        MemoryStream stream = new();
        foreach (ColumnBatch batch in batches)
        {
            for (int row = 0; row < batch.RowCount;)
            {
                row = encoder.Append(batch, row);
                stream.Write(encoder.Pending.Span);
                encoder.Take();
            }
        }

        encoder.End();
        stream.Write(encoder.Pending.Span);
        return stream.ToArray();
    }

    private static List<RecordBatch> Decode(byte[] bytes, out Schema schema)
    {
        ArrowStreamReader reader = new(new MemoryStream(bytes));
        schema = reader.Schema;
        List<RecordBatch> batches = [];
        while (reader.ReadNextRecordBatch() is RecordBatch batch)
        {
            batches.Add(batch);
        }

        return batches;
    }

    private static string Text(IArrowArray column, int row)
    {
        DictionaryArray array = Assert.IsType<DictionaryArray>(column);
        int index = ((Int32Array)array.Indices).GetValue(row)!.Value;
        return ((StringArray)array.Dictionary).GetString(index);
    }
}
