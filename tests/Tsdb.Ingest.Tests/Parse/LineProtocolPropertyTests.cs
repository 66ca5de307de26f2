using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;

namespace Tsdb.Ingest.Tests.Parse;

public sealed class LineProtocolPropertyTests
{
    private readonly LineProtocolParser _parser = new();
    private readonly SampleBatch _batch = new();
    private readonly RejectLog _rejects = new();

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Generated_lines_are_read_as_by_the_oracle(int seed)
    {
        LineGenerator generator = new(Start(seed));
        for (int round = 0; round < 300; round++)
        {
            string[] lines = [.. Enumerable.Range(0, 1 + (round % 20)).Select(_ => generator.NextLine())];
            string?[] expected = [.. lines.Select(OracleParser.Read)];
            Assert.All(expected, Assert.NotNull);
            Assert.Equal(expected, Parse(Encoding.Latin1.GetBytes(string.Join('\n', lines))));
        }
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Mutated_lines_are_accepted_exactly_when_the_oracle_does(int seed)
    {
        Random random = Start(seed);
        LineGenerator generator = new(random);
        int refusedCount = 0;
        for (int round = 0; round < 4000; round++)
        {
            byte[] line = Encoding.Latin1.GetBytes(generator.NextLine());
            for (int i = random.Next(4); i > 0; i--)
            {
                line = Mutate(random, line, "\\,= #.eitn-+0123456789u\xC3\xA4\xFF\t\r");
            }

            string? expected = OracleParser.Read(Encoding.Latin1.GetString(line));
            string[] actual = Parse([.. line, .. "\nend v=1"u8]);
            refusedCount += expected is null ? 1 : 0;
            string[] wanted = expected switch { "" => [], null => ["refused"], _ => [expected] };
            string[] outcomes = [.. actual.Select(row => row.Contains('|') ? row : "refused")];
            bool agrees = outcomes.SequenceEqual([.. wanted, "end|v:f=1|42"]);
            Assert.True(agrees, $"{expected} in {Encoding.Latin1.GetString(line)}");
        }

        Assert.InRange(refusedCount, 400, 3600);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public void Good_lines_around_any_bytes_survive(int seed)
    {
        Random random = Start(seed);
        LineGenerator generator = new(random);
        for (int round = 0; round < 6000; round++)
        {
            byte[] middle = Encoding.Latin1.GetBytes(generator.NextLine());
            for (int i = random.Next(12); i > 0; i--)
            {
                middle = Mutate(random, middle, "\"\"\"\n\n\\,= #\r\t\0\xFF");
            }

            string[] actual = Parse([.. "first,a=1 v=\"x\"\n"u8, .. middle, .. "\nlast,a=1 v=1,w=2i 7"u8]);
            Assert.Equal("first,a=1|v:s=x|42", actual[0]);
            Assert.Equal("last,a=1|v:f=1 w:i=2|7", actual[^1]);
        }
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public void Doubles_are_those_of_the_framework_bit_for_bit(int seed)
    {
        LineGenerator generator = new(Start(seed));
        for (int round = 0; round < 200; round++)
        {
            string[] numbers = [.. Enumerable.Range(0, 500).Select(_ => generator.NextNumber())];
            double[] expected = [.. numbers.Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            numbers = [.. numbers.Where((_, i) => double.IsFinite(expected[i]))];
            expected = [.. expected.Where(double.IsFinite)];
            _batch.Clear();
            byte[] text = Encoding.ASCII.GetBytes(string.Concat(numbers.Select(number => $"m v={number}\n")));
            _parser.Parse(text, 1, ParsedLines.Options, _batch, _rejects);
            ulong[] cells = _batch.GetTable(0).GetColumn(0).Cells[..numbers.Length];
            for (int i = 0; i < numbers.Length; i++)
            {
                Assert.True(cells[i] == BitConverter.DoubleToUInt64Bits(expected[i]), numbers[i]);
            }
        }
    }

    [Theory]
    [InlineData(51)]
    public void Whole_lines_cut_anywhere_read_as_the_uncut_text(int seed)
    {
        Random random = Start(seed);
        for (int round = 0; round < 300; round++)
        {
            string[] pieces =
                ["m v=\"a\nb\"\n", "m v=1\n", "#\"\n", "m,a=\" v=\"\\\"\n\"\n", "m v=2,w=\"x\" 7\n"];
            byte[] text = Encoding.ASCII.GetBytes(
                string.Concat(Enumerable.Range(0, 6).Select(_ => pieces[random.Next(pieces.Length)])));
            string[] expected = Parse(text);
            int cut = random.Next(text.Length + 1);
            int wholeSizeBytes = LineEnds.MeasureWholeLines(text.AsSpan(0, cut));
            Assert.InRange(wholeSizeBytes, 0, cut);
            string[] actual = [.. Parse(text[..wholeSizeBytes]), .. Parse(text[wholeSizeBytes..])];
            Assert.Equal(expected, actual);
        }
    }

    private static Random Start(int seed)
    {
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        return new Random(seed);
    }

    private static byte[] Mutate(Random random, byte[] line, string alphabet)
    {
        int position = random.Next(line.Length + 1);
        byte value = (byte)alphabet[random.Next(alphabet.Length)];
        return (random.Next(3), position < line.Length) switch
        {
            (0, true) => [.. line[..position], value, .. line[(position + 1)..]],
            (1, true) => [.. line[..position], .. line[(position + 1)..]],
            _ => [.. line[..position], value, .. line[position..]],
        };
    }

    private string[] Parse(byte[] text)
    {
        _batch.Clear();
        _rejects.Clear();
        _parser.Parse(text, 1, ParsedLines.Options, _batch, _rejects);
        return [.. ParsedLines.Describe(_batch, _rejects, sortsFields: true)];
    }
}
