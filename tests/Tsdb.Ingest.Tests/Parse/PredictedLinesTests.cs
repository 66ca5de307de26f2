using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;

namespace Tsdb.Ingest.Tests.Parse;

/// <summary>Runs of lines that resemble each other are read another way than single ones: the same must come
/// out.</summary>
public sealed class PredictedLinesTests
{
    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    public void Lines_of_a_run_are_read_as_each_alone(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        LineProtocolParser parser = new(new SomeKeys());
        for (int round = 0; round < 60; round++)
        {
            List<string> lines = WriteRun(random);
            string text = string.Join('\n', lines) + '\n';
            SampleBatch batch = new();
            RejectLog rejects = new();
            int seen = parser.Parse(
                Encoding.UTF8.GetBytes(text), 1, ParsedLines.Options, batch, rejects);
            Assert.Equal(lines.Count, seen);
            string[] expected = [.. lines.Select(ParseAlone).Where(row => row != "")];
            Assert.Equal(expected, ParsedLines.Describe(batch, rejects, sortsFields: true));
            AssertSeries(batch);
        }
    }

    [Fact]
    public void What_follows_the_text_is_never_part_of_it()
    {
        string line = "cpu,host=a usage=12i,load=1.25,depth=-7i 1700000000000000000";
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Repeat(line, 9)));
        byte[] buffer = new byte[text.Length + 128];
        text.CopyTo(buffer, 0);
        for (int size = 1; size <= text.Length; size++)
        {
            string? expected = null;
            foreach (byte filler in "0,i= \n\\\xFF"u8)
            {
                buffer.AsSpan(text.Length).Fill(filler);
                SampleBatch batch = new();
                RejectLog rejects = new();
                new LineProtocolParser().Parse(
                    buffer.AsMemory(0, size), 1, ParsedLines.Options, batch, rejects);
                string actual = string.Join('\n', ParsedLines.Describe(batch, rejects));
                expected ??= actual;
                Assert.Equal(expected, actual);
            }
        }
    }

    [Fact]
    public void Any_bytes_in_a_run_leave_the_other_lines_as_they_are()
    {
        const int Seed = 7;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        Random random = new(Seed);
        LineProtocolParser parser = new(new SomeKeys());
        for (int round = 0; round < 400; round++)
        {
            string[] lines = [.. Enumerable.Range(0, 40).Select(
                i => $"cpu,host=h{i} usage={i}i,load={i}.5 {1_700_000_000_000_000_000 + i}")];
            byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', lines));
            int hit = random.Next(text.Length);
            int hitLine = text.AsSpan(0, hit).Count((byte)'\n');
            byte value = (byte)random.Next(256);
            if (text[hit] == '\n' || value is (byte)'\n' or (byte)'"')
            {
                continue;
            }

            text[hit] = value;
            SampleBatch batch = new();
            RejectLog rejects = new();
            parser.Parse(text, 1, ParsedLines.Options, batch, rejects);
            string[] rows = [.. ParsedLines.Describe(batch, rejects, sortsFields: true)];
            string[] others = [.. lines.Where((_, i) => i != hitLine).Select(ParseAlone)];
            Assert.Equal(others, others.Intersect(rows));
        }
    }

    [Theory]
    [InlineData("0i")]
    [InlineData("-0i")]
    [InlineData("99999999i")]
    [InlineData("100000000i")]
    [InlineData("-9223372036854775808i")]
    [InlineData("9223372036854775808i")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("1234567.8")]
    [InlineData("12345678.9")]
    [InlineData("12345678.12345678")]
    [InlineData("1234567.1234567")]
    [InlineData("0.1")]
    [InlineData("-0.00000001")]
    [InlineData("1e5")]
    [InlineData("1.5e-7")]
    [InlineData("+1.5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1.2.3")]
    [InlineData("1i2")]
    [InlineData("12u")]
    [InlineData("--1i")]
    [InlineData("-")]
    [InlineData("i")]
    [InlineData("nan")]
    public void A_number_is_the_same_in_a_run_as_alone(string number)
    {
        string before = number.EndsWith('i') ? "7i" : "7.5";
        string line = $"t v={number} 1";
        string text = $"t v={before} 1\nt v={before} 1\n{line}\n{line}\n#{new string('.', 100)}";
        string[] rows = ParsedLines.Parse(text).Split('\n');
        string alone = ParsedLines.Parse(line);
        Assert.Equal([alone, alone], rows[2..]);
    }

    private static string ParseAlone(string line)
    {
        SampleBatch batch = new();
        RejectLog rejects = new();
        new LineProtocolParser().Parse(Encoding.UTF8.GetBytes(line), 1, ParsedLines.Options, batch, rejects);
        return string.Join('\n', ParsedLines.Describe(batch, rejects, sortsFields: true));
    }

    private static List<string> WriteRun(Random random)
    {
        List<string> lines = [];
        string[] fields = ["usage", "load", "idle", "a_name_of_more_than_thirty_two_bytes"];
        bool hasLongName = random.Next(4) == 0;
        int fieldCount = random.Next(1, hasLongName ? 5 : 4);
        for (int i = random.Next(1, 120); i > 0; i--)
        {
            StringBuilder line = new($"cpu,host=h{random.Next(20)}");
            line.Append(random.Next(30) == 0 ? "\\ x" : "").Append(random.Next(30) == 0 ? ",z=\u00E4" : "");
            for (int f = 0; f < fieldCount; f++)
            {
                line.Append(f == 0 ? ' ' : ',').Append(fields[f]).Append('=').Append(NextValue(random, f));
            }

            line.Append(CultureInfo.InvariantCulture, $" {1_700_000_000_000_000_000 + random.Next(2)}");
            string text = line.ToString();
            lines.Add(random.Next(25) switch
            {
                0 => text.Replace(' ', '\t'),
                1 => text + " ",
                2 => text.Replace("=", "", StringComparison.Ordinal),
                3 => "# " + text,
                4 => "",
                5 => text.Replace("cpu", "cpu2", StringComparison.Ordinal),
                6 => text[..text.LastIndexOf(' ')],
                7 => text.Replace(",host=", ",time=", StringComparison.Ordinal),
                8 => text + "\r",
                _ => text,
            });
        }

        return lines;
    }

    private static string NextValue(Random random, int field) => (field, random.Next(20)) switch
    {
        (_, 0) => "true",
        (_, 1) => "12345678901i",
        (_, 2) => "1.5e3",
        (0, _) => $"{random.Next(-5, 1000)}i",
        (1, _) => (random.Next(-100_000, 100_000) / 1000m).ToString(CultureInfo.InvariantCulture),
        _ => $"{random.Next(100)}",
    };

    private static void AssertSeries(SampleBatch batch)
    {
        for (int i = 0; i < batch.TableCount; i++)
        {
            TableRows rows = batch.GetTable(i);
            Assert.Equal(0, rows.SeriesKeysVersion);
            for (int row = 0; row < rows.RowCount; row++)
            {
                ReadOnlySpan<byte> key = batch.KeyText.Span.Slice(rows.KeyOffsets[row], rows.KeyLengths[row]);
                Assert.Equal(SomeKeys.IdOf(key), rows.SeriesIds[row]);
            }
        }
    }

    /// <summary>Knows the hosts of even number.</summary>
    private sealed class SomeKeys : ISeriesKeys
    {
        public long Version => 0;

        public static uint IdOf(ReadOnlySpan<byte> key) =>
            key.StartsWith("cpu,host=h"u8) && !key[10..].ContainsAnyExceptInRange((byte)'0', (byte)'9')
                && key[^1] % 2 == 0 ? key[^1] : ISeriesKeys.Unknown;

        public void Find(
            ReadOnlySpan<byte> text,
            ReadOnlySpan<int> offsets,
            ReadOnlySpan<int> lengths,
            uint previous,
            Span<uint> seriesIds)
        {
            for (int i = 0; i < seriesIds.Length; i++)
            {
                ReadOnlySpan<byte> key = text.Slice(offsets[i], lengths[i]);
                seriesIds[i] = IdOf(key);
            }
        }
    }
}
