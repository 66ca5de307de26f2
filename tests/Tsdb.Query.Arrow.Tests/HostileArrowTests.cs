using System.Buffers.Binary;
using Apache.Arrow;
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
        const int Seed = 20261122;
        Random random = new(Seed);
        int refusedCount = 0;
        for (int round = 0; round < 3_000; round++)
        {
            byte[] bytes = (byte[])_valid.Clone();
            int changeCount = random.Next(1, 4);
            for (int i = 0; i < changeCount; i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                SenderStream.Read(bytes, 1 << 20, ["host"], new RejectLog());
            }
            catch (ArrowInputException)
            {
                refusedCount++;
            }
        }

        Assert.True(refusedCount > 300, $"seed {Seed}: only {refusedCount} were refused");
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
    public void Nested_columns_are_refused_by_place()
    {
        Schema schema = new([new Field("a", new ListType(Int32Type.Default), true)], null);
        Assert.Contains("column 1 is nested", Refusal(SenderStream.Write(schema)), StringComparison.Ordinal);
    }

    [Fact]
    public void Dictionaries_are_limited_over_the_stream_and_not_by_message_alone()
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
