using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;

namespace Tsdb.Ingest.Tests.Parse;

public sealed class LineProtocolParserTests
{
    [Theory]
    [InlineData("1", "v:f=1")]
    [InlineData("1.", "v:f=1")]
    [InlineData(".5", "v:f=0.5")]
    [InlineData("-1.25", "v:f=-1.25")]
    [InlineData("+1.25", "v:f=1.25")]
    [InlineData("-0", "v:f=-0")]
    [InlineData("1e-3", "v:f=0.001")]
    [InlineData("1E+3", "v:f=1000")]
    [InlineData("00012.50", "v:f=12.5")]
    [InlineData("123456789012345678901234567890", "v:f=1.2345678901234568E+29")]
    [InlineData("0.1234567890123456789", "v:f=0.12345678901234568")]
    [InlineData("1e-400", "v:f=0")]
    [InlineData("0i", "v:i=0")]
    [InlineData("-1i", "v:i=-1")]
    [InlineData("+1i", "v:i=1")]
    [InlineData("12345678i", "v:i=12345678")]
    [InlineData("123456789i", "v:i=123456789")]
    [InlineData("9223372036854775807i", "v:i=9223372036854775807")]
    [InlineData("-9223372036854775808i", "v:i=-9223372036854775808")]
    [InlineData("0000000000000000000000000001i", "v:i=1")]
    [InlineData("5u", "v:i=5")]
    [InlineData("9223372036854775807u", "v:i=9223372036854775807")]
    [InlineData("t", "v:b=true")]
    [InlineData("T", "v:b=true")]
    [InlineData("true", "v:b=true")]
    [InlineData("True", "v:b=true")]
    [InlineData("TRUE", "v:b=true")]
    [InlineData("f", "v:b=false")]
    [InlineData("F", "v:b=false")]
    [InlineData("false", "v:b=false")]
    [InlineData("False", "v:b=false")]
    [InlineData("FALSE", "v:b=false")]
    [InlineData("123t", "v:t=123000")]
    [InlineData("123n", "v:t=123")]
    [InlineData("-123t", "v:t=-123000")]
    [InlineData("\"\"", "v:s=")]
    [InlineData("\"a b,c=d#\"", "v:s=a b,c=d#")]
    [InlineData("\"a\\\"b\"", "v:s=a\"b")]
    [InlineData("\"a\\\\\"", "v:s=a\\")]
    [InlineData("\"a\\nb\\,c\"", "v:s=a\\nb\\,c")]
    [InlineData("\"a\nb\"", "v:s=a\nb")]
    [InlineData("\"ä\"", "v:s=ä")]
    [InlineData("nan", "NotFinite@5")]
    [InlineData("NaN", "NotFinite@5")]
    [InlineData("inf", "NotFinite@5")]
    [InlineData("-Inf", "NotFinite@5")]
    [InlineData("+nan", "NotFinite@5")]
    [InlineData("-Infinity", "NotFinite@5")]
    [InlineData("1e400", "NotFinite@5")]
    [InlineData("9223372036854775808i", "IntegerOutOfRange@5")]
    [InlineData("-9223372036854775809i", "IntegerOutOfRange@5")]
    [InlineData("99999999999999999999i", "IntegerOutOfRange@5")]
    [InlineData("9223372036854775808u", "IntegerOutOfRange@5")]
    [InlineData("-1u", "MalformedNumber@5")]
    [InlineData("9223372036854775807t", "TimestampOutOfRange@5")]
    [InlineData("9223372036854775808n", "TimestampOutOfRange@5")]
    [InlineData("1.5i", "MalformedNumber@5")]
    [InlineData("1ii", "MalformedNumber@5")]
    [InlineData("1x", "MalformedNumber@5")]
    [InlineData("1.2.3", "MalformedNumber@5")]
    [InlineData("1e", "MalformedNumber@5")]
    [InlineData("-", "MalformedNumber@5")]
    [InlineData(".", "MalformedNumber@5")]
    [InlineData("+-1", "MalformedNumber@5")]
    [InlineData("0x10", "MalformedNumber@5")]
    [InlineData("1,5", "MalformedField@7")]
    [InlineData("i", "MalformedField@5")]
    [InlineData("tru", "MalformedField@5")]
    [InlineData("abc", "MalformedField@5")]
    [InlineData("", "MalformedField@5")]
    [InlineData("\"a", "UnterminatedString@5")]
    [InlineData("\"a\\\"", "UnterminatedString@5")]
    [InlineData("\"a\"b", "MalformedField@5")]
    public void A_field_value_is_read_or_refused(string value, string expected)
    {
        Assert.Equal(expected, ParsedLines.Fields($"m v={value}"));

        // Followed by enough text for the vector paths.
        string more = $"\n# {new string('-', 64)}";
        Assert.Equal(expected, ParsedLines.Fields($"m v={value} 1234567890123456789{more}"));
    }

    [Theory]
    [InlineData("m v=1", "m|v:f=1|42")]
    [InlineData("m v=1 7", "m|v:f=1|7")]
    [InlineData("m v=1 -7", "m|v:f=1|-7")]
    [InlineData("m v=1 0", "m|v:f=1|0")]
    [InlineData("m v=1 9223372036854775807", "m|v:f=1|9223372036854775807")]
    [InlineData("m v=1 -9223372036854775808", "m|v:f=1|-9223372036854775808")]
    [InlineData("m v=1 7t", "m|v:f=1|7000")]
    [InlineData("m v=1 7n", "m|v:f=1|7")]
    [InlineData("  m   v=1   7  ", "m|v:f=1|7")]
    [InlineData("m v=1 7\r\nm v=2 8\r\n", "m|v:f=1|7\nm|v:f=2|8")]
    [InlineData("\n\r\n \t\n# m v=1\n  # m v=2\nm v=3", "m|v:f=3|42")]
    [InlineData("m,a=1,b=2 v=1", "m,a=1,b=2|v:f=1|42")]
    [InlineData("m=x v=1\nm\\=x v=2", "m=x|v:f=1|42\nm\\=x|v:f=2|42")]
    [InlineData("m v=1,w=2i,x=t", "m|v:f=1 w:i=2 x:b=true|42")]
    [InlineData("m v=1\nm w=2\nm v=3,w=4", "m|v:f=1|42\nm|w:f=2|42\nm|v:f=3 w:f=4|42")]
    [InlineData("m v=1\nm v=2i\nm v=3", "m|v:f=1|42\nm|v:i=2|42\nm|v:f=3|42")]
    [InlineData("m \\,\\ \\==1", "m|, =:f=1|42")]
    [InlineData("m a\\b=1", "m|a\\b:f=1|42")]
    [InlineData("m \"q\"=1", "m|\"q\":f=1|42")]
    [InlineData("m timestamp=1", "m|timestamp:f=1|42")]
    [InlineData("", "")]
    [InlineData("m", "MissingFields@2")]
    [InlineData("m,a=1", "MissingFields@6")]
    [InlineData("m,a=1\r\n", "MissingFields@6")]
    [InlineData("m,a=1  ", "MissingFields@8")]
    [InlineData(",a=1 v=1", "MissingTable@1")]
    [InlineData("  ,a=1 v=1", "MissingTable@3")]
    [InlineData("m, v=1", "MalformedTag@3")]
    [InlineData("m,a v=1", "MalformedTag@3")]
    [InlineData("m,a= v=1", "MalformedTag@5")]
    [InlineData("m,=a v=1", "MalformedTag@3")]
    [InlineData("m,a=1, v=1", "MalformedTag@7")]
    [InlineData("m,a=1=2 v=1", "MalformedTag@6")]
    [InlineData("m,a=1,b v=1", "MalformedTag@7")]
    [InlineData("m v", "MalformedField@3")]
    [InlineData("m =1", "MalformedField@3")]
    [InlineData("m v=1,", "MalformedField@7")]
    [InlineData("m v=1,,w=2", "MalformedField@7")]
    [InlineData("m v=1, w=2", "MalformedField@7")]
    [InlineData("m 1465839830100400200", "MalformedField@3")]
    [InlineData("m v=1 x", "MalformedTimestamp@7")]
    [InlineData("m v=1 1.5", "MalformedTimestamp@7")]
    [InlineData("m v=1 7 8", "MalformedTimestamp@9")]
    [InlineData("m v=1 7 w=2", "MalformedTimestamp@9")]
    [InlineData("m v=1 -", "MalformedTimestamp@7")]
    [InlineData("m v=1\r7", "MalformedTimestamp@6")]
    [InlineData("m v=1 9223372036854775808", "TimestampOutOfRange@7")]
    [InlineData("m v=1 9223372036854775807t", "TimestampOutOfRange@7")]
    [InlineData("m v=1,v=2", "DuplicateKey@7")]
    [InlineData("m v=1,w=2,v=3i", "DuplicateKey@11")]
    [InlineData("m,a=1,a=2 v=1", "DuplicateKey@7")]
    [InlineData("m,b=1,a=1,b=2 v=1", "DuplicateKey@11")]
    [InlineData("m,a=1,b=1,cd=1,a=2 v=1", "DuplicateKey@16")]
    [InlineData("m,ts=1 v=1", "NameConflict@3")]
    [InlineData("m,time=1 v=1", "NameConflict@3")]
    [InlineData("m v=1,ts=1", "NameConflict@7")]
    [InlineData("m time=1", "NameConflict@3")]
    public void A_line_is_read_or_refused(string text, string expected)
    {
        Assert.Equal(expected, ParsedLines.Parse(text));
    }

    [Theory]
    [InlineData("ns", 1L)]
    [InlineData("n", 1L)]
    [InlineData("us", 1_000L)]
    [InlineData("u", 1_000L)]
    [InlineData("µ", 1_000L)]
    [InlineData("µs", 1_000L)]
    [InlineData("ms", 1_000_000L)]
    [InlineData("s", 1_000_000_000L)]
    [InlineData("m", 60_000_000_000L)]
    [InlineData("h", 3_600_000_000_000L)]
    public void A_precision_scales_the_timestamp(string name, long unitNs)
    {
        Assert.True(TimestampPrecisions.TryParse(name, out TimestampPrecision precision));
        LineProtocolOptions options = ParsedLines.Options with { Precision = precision };
        string scaled = ParsedLines.Parse("m v=1 3\nm v=2"u8.ToArray(), options);
        Assert.Equal($"m|v:f=1|{3 * unitNs}\nm|v:f=2|42", scaled);
        string highest = $"m v=1 {(long.MaxValue / unitNs) + 1L}";
        string expected = unitNs == 1 ? $"m|v:f=1|{long.MinValue}" : "TimestampOutOfRange@7";
        Assert.Equal(expected, ParsedLines.Parse(Encoding.UTF8.GetBytes(highest), options));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NS")]
    [InlineData("M")]
    [InlineData("d")]
    public void An_unknown_precision_is_refused(string name)
    {
        Assert.False(TimestampPrecisions.TryParse(name, out _));
    }

    [Theory]
    [InlineData("m\xFF v=1", 2)]
    [InlineData("m,a=\xC3 v=1", 5)]
    [InlineData("m,a=b v=\"x\xA0\"", 11)]
    [InlineData("m v\xED\xA0\x80=1", 4)]
    [InlineData("m,ä=1 v=1,\xC0\xAF=2", 11)]
    public void Bytes_that_are_not_utf8_are_refused(string latin1, int position)
    {
        // 'ä' in the text above is the byte E4, not UTF-8 either: spelled out where it is wanted.
        byte[] line = Encoding.Latin1.GetBytes(latin1.Replace("ä", "\xC3\xA4", StringComparison.Ordinal));
        position += latin1.Contains('ä') ? 1 : 0;
        byte[] text = [.. "ok v=1\n"u8, .. line, .. "\nok v=2"u8];
        Assert.Equal($"ok|v:f=1|42\nInvalidUtf8@{position}\nok|v:f=2|42", ParsedLines.Parse(text));
    }

    [Fact]
    public void Limits_are_exact()
    {
        LineProtocolLimits limits = new()
        {
            LineSizeBytesMax = 40,
            NameSizeBytesMax = 4,
            TagValueSizeBytesMax = 5,
            StringSizeBytesMax = 6,
            TagCountMax = 2,
            FieldCountMax = 3,
        };
        LineProtocolOptions options = ParsedLines.Options with { Limits = limits };
        (string Line, string Expected)[] cases =
        [
            ("abcd v=1", "abcd|v:f=1|42"),
            ("abcde v=1", "NameTooLong@1"),
            ("ab\\ c v=1", "ab\\ c|v:f=1|42"),
            ("m,abcd=12345 v=1", "m,abcd=12345|v:f=1|42"),
            ("m,abcde=1 v=1", "NameTooLong@3"),
            ("m,a=123456 v=1", "NameTooLong@3"),
            ("m,a=1,b=2 v=1", "m,a=1,b=2|v:f=1|42"),
            ("m,a=1,b=2,c=3 v=1", "TooManyTags@11"),
            ("m abcd=1", "m|abcd:f=1|42"),
            ("m abcde=1", "NameTooLong@3"),
            ("m a=1,b=2,c=3", "m|a:f=1 b:f=2 c:f=3|42"),
            ("m a=1,b=2,c=3,d=4", "TooManyFields@15"),
            ("m a=\"123456\"", "m|a:s=123456|42"),
            ("m a=\"1234567\"", "StringTooLong@5"),
            ("m a=1" + new string(' ', 35), "m|a:f=1|42"),
            ("m a=1" + new string(' ', 36), "LineTooLong@41"),
        ];
        LineProtocolParser parser = new();
        foreach ((string line, string expected) in cases)
        {
            Assert.Equal(expected, ParsedLines.Parse(Encoding.UTF8.GetBytes(line), options, parser));
        }
    }

    [Theory]
    [InlineData("a v=1\nm v=\"x\nb v=2", "a|v:f=1|42\nUnterminatedString@5\nb|v:f=2|42")]
    [InlineData("m v=\"x\nb v=\"y\"\nc v=1", "MalformedField@5\nb|v:s=y|42\nc|v:f=1|42")]
    [InlineData("m v=bad,s=\"x\nb v=1\n\",w=2\nc v=1", "MalformedField@5\nc|v:f=1|42")]
    [InlineData("m v=\"x\n\ny\",w=bad\nc v=1", "MalformedField@14\nc|v:f=1|42")]
    [InlineData("m v=\"x\ny\"\nc v=1 z", "m|v:s=x\ny|42\nMalformedTimestamp@7")]
    [InlineData("m,a=\" v=1\nb v=2", "m,a=\"|v:f=1|42\nb|v:f=2|42")]
    [InlineData("m,a= v=\"x\nb v=1\"\nc v=2", "MalformedTag@5\nc|v:f=2|42")]
    [InlineData("m a\\=\"=bad\nc v=2", "MalformedField@8\nc|v:f=2|42")]
    public void A_bad_line_ends_where_its_strings_say(string text, string expected)
    {
        Assert.Equal(expected, ParsedLines.Parse(text));
    }

    [Fact]
    public void Line_numbers_count_line_ends_within_strings()
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        byte[] text = "m v=\"a\n\nb\"\n\n#c\nm v=x\nm v=\"\n\",w\nm v=1"u8.ToArray();
        int lineCount = new LineProtocolParser().Parse(text, 10, ParsedLines.Options, batch, rejects);
        Assert.Equal(9, lineCount);
        Assert.Equal([10, 18], batch.GetTable(0).LineNumbers[..2]);
        Assert.Equal([15, 16], rejects.Entries.Select(entry => entry.LineNumber));
    }

    [Fact]
    public void A_refusal_names_what_is_concerned_and_what_was_expected()
    {
        RejectLog rejects = new();
        byte[] text = "m load=1.2.3"u8.ToArray();
        new LineProtocolParser().Parse(text, 1, ParsedLines.Options, new SampleBatch(), rejects);
        Assert.Equal("'load': expected a number as 1.5, 1i, 1u or 1e-3", rejects.Entries[0].Detail);
    }

    [Fact]
    public void A_refused_line_leaves_no_table_column_or_text_behind()
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        byte[] text = "a v=1\na v=2,w=\"text\",x=bad\nb v=\"text\" bad\na v=3,v=4\na v=5"u8.ToArray();
        new LineProtocolParser().Parse(text, 1, ParsedLines.Options, batch, rejects);
        Assert.Equal(3, rejects.Count);
        Assert.Equal(1, batch.TableCount);
        Assert.Equal(1, batch.GetTable(0).ColumnCount);
        Assert.Equal(2, batch.GetTable(0).GetColumn(0).CellCount);
        Assert.False(batch.GetTable(0).GetColumn(0).IsSparse);
        Assert.Equal(0, batch.Texts.SizeBytes);
    }
}
