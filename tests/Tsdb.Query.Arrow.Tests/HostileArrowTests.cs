using System.Buffers.Binary;
using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Tsdb.Core;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Query.Arrow.Tests;

public sealed class HostileArrowTests
{
    private static readonly byte[] _valid = Valid();

    [Fact]
    public void Any_changed_bytes_are_read_or_refused_but_never_worse()
    {
        string? given = Environment.GetEnvironmentVariable("TSDB_SEED");
        int seed = given is null ? 20261122 : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper!.WriteLine($"TSDB_SEED={seed}");
        Random random = new(seed);
        int refusedCount = 0;
        for (int round = 0; round < 6_000; round++)
        {
            byte[] bytes = ArrowFuzzTarget.Mutate(random);
            refusedCount += ArrowFuzzTarget.Run(bytes) < 0 ? 1 : 0;
        }

        Assert.InRange(refusedCount, 600, 5_900);
    }

    [Fact]
    public void Every_truncation_waits_for_more_or_is_refused()
    {
        foreach (byte[] seed in ArrowFuzzTarget.Seeds)
        {
            long rowCount = ArrowFuzzTarget.Run(seed);
            Assert.Equal(SeedStreams.RowCount, rowCount);
            for (int sizeBytes = 0; sizeBytes < seed.Length; sizeBytes++)
            {
                Assert.InRange(ArrowFuzzTarget.Run(seed.AsSpan(0, sizeBytes)), 0, rowCount);
            }
        }
    }

    [Fact]
    public void A_batch_that_unfolds_beyond_the_limit_is_refused_before_memory_is_taken()
    {
        const int RowCount = 100_000;
        Schema schema = new(
            [new Field("ts", Int64Type.Default, false), new Field("v", Int64Type.Default, false)], null);
        Int64Array zeros = new Int64Array.Builder().AppendRange(new long[RowCount]).Build();
        foreach (CompressionCodecType codec in
            (CompressionCodecType[])[CompressionCodecType.Lz4Frame, CompressionCodecType.Zstd])
        {
            using MemoryStream stream = new();
            using ArrowStreamWriter writer = new(stream, schema, leaveOpen: true, new IpcOptions
            {
                CompressionCodec = codec,
                CompressionCodecFactory = new CompressionCodecFactory(),
            });
            writer.WriteRecordBatch(new RecordBatch(schema, [zeros, zeros], RowCount));
            Assert.InRange(stream.Length, 1, 20_000);
            ArrowSampleOptions options = new() { Table = "t", BodySizeBytesMax = 1 << 20 };
            ArrowInputException fault = Assert.Throws<ArrowInputException>(
                () => SenderStream.Read(stream.ToArray(), 1 << 20, options, new RejectLog()));
            Assert.Contains("after decompression", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_dictionary_index_outside_its_dictionary_is_refused_by_column()
    {
        DictionaryType type = new(Int32Type.Default, StringType.Default, false);
        foreach (int index in (int[])[2, -1, int.MaxValue])
        {
            foreach (string name in (string[])["host", "note"])
            {
                int[] host = name == "host" ? [0, index] : [0, 1];
                int[] note = name == "note" ? [0, index] : [0, 1];
                Schema schema = new(
                    [
                        new Field("ts", Int64Type.Default, false), new Field("host", type, true),
                        new Field("note", type, true),
                    ],
                    null);
                StringArray texts = new StringArray.Builder().Append("a").Append("b").Build();
                byte[] bytes = SenderStream.Write(
                    schema,
                    [
                        new Int64Array.Builder().AppendRange([1, 2]).Build(),
                        new DictionaryArray(type, new Int32Array.Builder().AppendRange(host).Build(), texts),
                        new DictionaryArray(type, new Int32Array.Builder().AppendRange(note).Build(), texts),
                    ]);
                ArrowInputException fault = Assert.Throws<ArrowInputException>(
                    () => SenderStream.Read(bytes, 1 << 20, ["host"], new RejectLog()));
                Assert.Contains($"'{name}' has an index", fault.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_sender_s_dictionaries_are_limited_over_the_stream()
    {
        ArrowSampleOptions options = new() { Table = "t", Tags = ["host"], DictionarySizeBytesMax = 10 };
        ArrowInputException fault = Assert.Throws<ArrowInputException>(
            () => SenderStream.Read(_valid, 1 << 20, options, new RejectLog()));
        Assert.Contains("dictionaries", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_cut_short_waits_for_more()
    {
        using ArrowStreamDecoder decoder = new(1 << 20);
        decoder.Feed(_valid.AsSpan(0, _valid.Length / 2));
        Assert.Null(decoder.ReadBatch());
        Assert.True(decoder.IsInsideMessage);
        Assert.False(decoder.IsEnded);
    }

    [Fact]
    public void Text_is_not_Arrow()
    {
        Assert.Contains("0xFFFFFFFF", Refusal("cpu,host=a v=1 2\n"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_metadata_length_is_refused_before_memory_is_taken()
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, uint.MaxValue);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), int.MaxValue);
        Assert.Contains("2147483647", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_over_the_limit_is_refused()
    {
        using ArrowStreamDecoder decoder = new(messageSizeBytesMax: 16);
        decoder.Feed(_valid);
        ArrowInputException fault = Assert.Throws<ArrowInputException>(decoder.ReadBatch);
        Assert.Contains("limit is 16", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_s_dictionaries_are_limited_over_the_stream_and_not_by_message_alone()
    {
        const int ColumnCount = 17;
        DictionaryType type = new(Int32Type.Default, StringType.Default, false);
        IArrowArray[] arrays = new IArrowArray[ColumnCount];
        List<Field> fields = [];
        string text = new('x', 16 << 20);
        StringArray texts = new StringArray.Builder().Append(text).Build();
        for (int i = 0; i < ColumnCount; i++)
        {
            fields.Add(new Field($"c{i}", type, true));
            arrays[i] = new DictionaryArray(type, new Int32Array.Builder().Append(0).Build(), texts);
        }

        byte[] bytes = SenderStream.Write(new Schema(fields, null), arrays);
        using ArrowStreamDecoder decoder = new(17 << 20);
        ArrowInputException fault = Assert.Throws<ArrowInputException>(() => FeedAll(decoder, bytes));
        Assert.Contains("dictionaries in one stream", fault.Message, StringComparison.Ordinal);
    }

    private static void FeedAll(ArrowStreamDecoder decoder, byte[] bytes)
    {
        const int PieceSizeBytes = 32 << 20;
        for (int first = 0; first < bytes.Length; first += PieceSizeBytes)
        {
            decoder.Feed(bytes.AsSpan(first, Math.Min(PieceSizeBytes, bytes.Length - first)));
            Assert.Null(decoder.ReadBatch());
        }
    }

    private static string Refusal(byte[] bytes) =>
        Assert.Throws<ArrowInputException>(
            () => SenderStream.Read(bytes, 1 << 20, [], new RejectLog())).Message;

    private static byte[] Valid()
    {
        DictionaryType dictionary = new(Int32Type.Default, StringType.Default, false);
        Schema schema = new(
            [
                new Field("ts", Int64Type.Default, false),
                new Field("host", dictionary, true),
                new Field("v", DoubleType.Default, true),
                new Field("s", StringType.Default, true),
                new Field("b", BooleanType.Default, true),
            ],
            null);
        return SenderStream.Write(
            schema,
            [
                new Int64Array.Builder().Append(1).Append(2).Build(),
                new DictionaryArray(
                    dictionary,
                    new Int32Array.Builder().Append(0).Append(1).Build(),
                    new StringArray.Builder().Append("a").Append("b").Build()),
                new DoubleArray.Builder().Append(1).AppendNull().Build(),
                new StringArray.Builder().Append("x").Append("yz").Build(),
                new BooleanArray.Builder().Append(true).AppendNull().Build(),
            ]);
    }
}
