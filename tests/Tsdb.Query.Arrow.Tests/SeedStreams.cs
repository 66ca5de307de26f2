using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Tsdb.Query.Arrow.Tests;

/// <summary>Streams of every type that is taken, plain and compressed, made by the Arrow library.</summary>
internal static class SeedStreams
{
    public const int RowCount = 3;

    private static readonly DictionaryType _dictionary = new(Int16Type.Default, StringType.Default, false);

    private static readonly Dictionary<string, string> _metadata = new()
    {
        ["tsdb.table"] = "t",
        ["tsdb.tags"] = "host,zone",
    };

    public static IEnumerable<byte[]> All() =>
        [Make(null), Make(CompressionCodecType.Lz4Frame), Make(CompressionCodecType.Zstd), TagSets()];

    /// <summary>Three rows; the second is null in every field. Column names are those of the types.</summary>
    public static byte[] Make(CompressionCodecType? codec)
    {
        (string Name, IArrowArray Array)[] columns = Columns();
        Schema schema = new(
            columns.Select(column => new Field(column.Name, column.Array.Data.DataType, true)), _metadata);
        return Write(schema, codec, columns.Select(column => column.Array));
    }

    private static byte[] TagSets()
    {
        Schema schema = new(
            [
                new Field("ts", Int64Type.Default, false), new Field("series", _dictionary, true),
                new Field("v", DoubleType.Default, true),
            ],
            new Dictionary<string, string> { ["tsdb.table"] = "t", ["tsdb.tagset"] = "series" });
        return Write(
            schema,
            null,
            [
                new Int64Array.Builder().AppendRange([1, 2, 3]).Build(), Texts("host=a,zone=x", "host=b", ""),
                new DoubleArray.Builder().AppendRange([1, 2, double.NaN]).Build(),
            ]);
    }

    private static byte[] Write(Schema schema, CompressionCodecType? codec, IEnumerable<IArrowArray> arrays)
    {
        MemoryStream stream = new();
        IpcOptions options = new()
        {
            CompressionCodec = codec,
            CompressionCodecFactory = codec is null ? null : new CompressionCodecFactory(),
        };
        using ArrowStreamWriter writer = new(stream, schema, leaveOpen: true, options);
        using RecordBatch batch = new(schema, arrays, RowCount);
        writer.WriteStart();
        writer.WriteRecordBatch(batch);
        writer.WriteEnd();
        return stream.ToArray();
    }

    private static DictionaryArray Texts(params string[] texts) => new(
        _dictionary,
        new Int16Array.Builder().AppendRange([0, 1, 2]).Build(),
        new StringArray.Builder().AppendRange(texts).Build());

    private static (string Name, IArrowArray Array)[] Columns() =>
    [
        ("time", new TimestampArray.Builder(new TimestampType(TimeUnit.Microsecond, "Europe/Berlin"))
            .AppendRange([DateTimeOffset.UnixEpoch, new(2024, 2, 29, 0, 0, 0, TimeSpan.Zero),
                DateTimeOffset.UnixEpoch.AddDays(-1)]).Build()),
        ("host", Texts("a", "b", "a")),
        ("zone", new StringArray.Builder().Append("x").AppendNull().Append("x").Build()),
        ("int8", new Int8Array.Builder().Append(-128).AppendNull().Append(127).Build()),
        ("int16", new Int16Array.Builder().Append(short.MinValue).AppendNull().Append(7).Build()),
        ("int32", new Int32Array.Builder().Append(int.MinValue).AppendNull().Append(7).Build()),
        ("int64", new Int64Array.Builder().Append(long.MinValue).AppendNull().Append(7).Build()),
        ("uint8", new UInt8Array.Builder().Append(255).AppendNull().Append(7).Build()),
        ("uint16", new UInt16Array.Builder().Append(65535).AppendNull().Append(7).Build()),
        ("uint32", new UInt32Array.Builder().Append(uint.MaxValue).AppendNull().Append(7).Build()),
        ("uint64", new UInt64Array.Builder().Append(long.MaxValue).AppendNull().Append(7).Build()),
        ("float16", new HalfFloatArray.Builder().Append((Half)1.5).AppendNull().Append((Half)2).Build()),
        ("float32", new FloatArray.Builder().Append(0.1f).AppendNull().Append(2).Build()),
        ("float64", new DoubleArray.Builder().Append(0.1).AppendNull().Append(2).Build()),
        ("bool", new BooleanArray.Builder().Append(true).AppendNull().Append(false).Build()),
        ("utf8", new StringArray.Builder().Append("grün").AppendNull().Append("").Build()),
        ("large_utf8", new LargeStringArray.Builder().Append("grün").AppendNull().Append("").Build()),
        ("utf8_view", new StringViewArray.Builder()
            .Append("short").AppendNull().Append("longer than twelve bytes").Build()),
        ("in_dictionary", Texts("p", "q", "p")),
        ("timestamp_s", new TimestampArray.Builder(TimeUnit.Second)
            .Append(DateTimeOffset.UnixEpoch.AddSeconds(5)).AppendNull()
            .Append(DateTimeOffset.UnixEpoch).Build()),
        ("timestamp_ms", new TimestampArray.Builder(TimeUnit.Millisecond)
            .Append(DateTimeOffset.UnixEpoch.AddSeconds(5)).AppendNull()
            .Append(DateTimeOffset.UnixEpoch).Build()),
        ("timestamp_ns", new TimestampArray.Builder(TimeUnit.Nanosecond)
            .Append(DateTimeOffset.UnixEpoch.AddSeconds(5)).AppendNull()
            .Append(DateTimeOffset.UnixEpoch).Build()),
        ("date32", new Date32Array.Builder().Append(new DateTime(1970, 1, 3)).AppendNull()
            .Append(new DateTime(1970, 1, 1)).Build()),
        ("date64", new Date64Array.Builder().Append(new DateTime(1970, 1, 3)).AppendNull()
            .Append(new DateTime(1970, 1, 1)).Build()),
        ("null", new NullArray(RowCount)),
    ];
}
