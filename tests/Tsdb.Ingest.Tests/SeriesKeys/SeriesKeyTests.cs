using System.Text;
using Tsdb.Core;

namespace Tsdb.Ingest.Tests.SeriesKeys;

public sealed class SeriesKeyTests
{
    [Theory]
    [InlineData("cpu", "cpu")]
    [InlineData("cpu,b=2,a=1", "cpu|a:1|b:2")]
    [InlineData(@"a\ b\,c\=d,k\ 1\,2\=3=v\ 1\,2\=3", "a b,c=d|k 1,2=3:v 1,2=3")]
    [InlineData(@"a=b,k=C:\dir\\x", @"a=b|k:C:\dir\\x")]
    [InlineData(@"t,k=a\\,b", @"t|k:a\,b")]
    [InlineData("täble,ü=ö", "täble|ü:ö")]
    public void A_key_is_read_unescaped_with_its_tags_in_order(string key, string expected)
    {
        Assert.Equal(expected, Read(Encoding.UTF8.GetBytes(key)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",a=1")]
    [InlineData("cpu,")]
    [InlineData("cpu,a")]
    [InlineData("cpu,a=")]
    [InlineData("cpu,=1")]
    [InlineData("cpu,a=1,")]
    [InlineData("cpu,a=1=2")]
    [InlineData("cpu,a=1,a=2")]
    [InlineData("cpu,b=1,a=3,b=2")]
    [InlineData("cp u")]
    [InlineData("cpu,a b=1")]
    [InlineData("cpu,a=1 ")]
    [InlineData(@"cpu,a\=1")]
    public void A_malformed_key_is_not_read(string key)
    {
        Assert.Null(Read(Encoding.UTF8.GetBytes(key)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_the_writer_wrote_the_reader_reads(int seed)
    {
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 2000; round++)
        {
            ByteSlab texts = new();
            TextSpan table = AppendRandom(random, texts);
            SortedDictionary<string, string> expected = new(StringComparer.Ordinal);
            List<SeriesTag> tags = [];
            for (int i = random.Next(6); i > 0; i--)
            {
                TextSpan key = AppendRandom(random, texts);
                if (expected.TryAdd(Text(key, texts), ""))
                {
                    TextSpan value = AppendRandom(random, texts);
                    expected[Text(key, texts)] = Text(value, texts);
                    tags.Add(new SeriesTag(key, value));
                }
            }

            tags.Sort((x, y) => x.Key.In(texts.Span).SequenceCompareTo(y.Key.In(texts.Span)));
            TextSpan written = SeriesKeyWriter.Append(
                texts, table.In(texts.Span), texts.Span, tags.ToArray());
            string wanted = Text(table, texts)
                + string.Concat(expected.Select(tag => $"|{tag.Key}:{tag.Value}"));
            Assert.Equal(wanted, Read(written.In(texts.Span)));
        }
    }

    /// <summary>A guard at the end means nothing, but keys that have one are read byte by byte.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Plain_keys_are_read_as_byte_by_byte(int seed)
    {
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        Random random = new(seed);
        ReadOnlySpan<byte> alphabet = "aab,,== c"u8;
        int readCount = 0;
        for (int round = 0; round < 50_000; round++)
        {
            byte[] key = new byte[random.Next(14)];
            for (int i = 0; i < key.Length; i++)
            {
                key[i] = alphabet[random.Next(alphabet.Length)];
            }

            string? expected = Read([.. key, 0xFF]);
            Assert.Equal(expected, Read(key));
            readCount += expected is null ? 0 : 1;
        }

        Assert.True(readCount > 100);
    }

    [Fact]
    public void A_tag_with_an_empty_value_is_not_written()
    {
        ByteSlab texts = new();
        TextSpan key = texts.Append("k"u8);
        TextSpan written = SeriesKeyWriter.Append(texts, "t"u8, texts.Span, [new SeriesTag(key, default)]);
        Assert.Equal("t", Text(written, texts));
    }

    private static TextSpan AppendRandom(Random random, ByteSlab texts)
    {
        ReadOnlySpan<byte> alphabet = "ab,= \\\n\\\"z"u8;
        Span<byte> bytes = stackalloc byte[random.Next(1, 6)];
        foreach (ref byte target in bytes)
        {
            target = alphabet[random.Next(alphabet.Length)];
        }

        return texts.Append(bytes);
    }

    private static string? Read(ReadOnlySpan<byte> key)
    {
        ByteSlab texts = new();
        List<SeriesTag> tags = [];
        if (!SeriesKeyReader.TryRead(key, texts, tags, out TextSpan table))
        {
            return null;
        }

        return Text(table, texts)
            + string.Concat(tags.Select(tag => $"|{Text(tag.Key, texts)}:{Text(tag.Value, texts)}"));
    }

    private static string Text(TextSpan span, ByteSlab slab) => Encoding.UTF8.GetString(span.In(slab.Span));
}
