using System.Globalization;
using System.Runtime.InteropServices;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>
/// Blocks written by an earlier build stay readable; tests/golden/codecs/v1/README.md says how.
/// </summary>
public sealed class GoldenBlockTests
{
    private const int Seed = 1;

    [Fact]
    public void Released_blocks_decode_exactly_and_encode_to_the_same_bytes()
    {
        string? newFolder = Environment.GetEnvironmentVariable("TSDB_WRITE_GOLDEN");
        if (newFolder is not null)
        {
            WriteBlocks(newFolder);
        }

        string folder = newFolder ?? FindFolder();
        string[] lines = File.ReadAllLines(Path.Combine(folder, "expected.txt"));
        Assert.True(lines.Length > 60);
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ');
            byte[] encoded = File.ReadAllBytes(Path.Combine(folder, fields[0]));
            long[] cells = new long[int.Parse(fields[2], CultureInfo.InvariantCulture)];
            Assert.True(Decode(fields[1], encoded, cells), line);
            Assert.Equal(fields[3], ChecksumOf(cells));
            Assert.True(encoded.AsSpan().SequenceEqual(Encode(fields[1], cells)), line);
        }
    }

    [Fact]
    public void The_released_blocks_show_every_scheme()
    {
        HashSet<string> seen = [];
        foreach (string path in Directory.EnumerateFiles(FindFolder(), "*.bin"))
        {
            string codec = Path.GetFileName(path).Split('-')[0];
            ReadOnlySpan<byte> source = File.ReadAllBytes(path);
            Assert.True(VarInt.TryRead(ref source, out _));
            seen.Add($"{codec} {source[0]}");
        }

        foreach (IntegerScheme scheme in Enum.GetValues<IntegerScheme>())
        {
            Assert.Contains($"integer {(byte)scheme}", seen);
        }

        foreach (DoubleScheme scheme in Enum.GetValues<DoubleScheme>())
        {
            Assert.Contains($"double {(byte)scheme}", seen);
        }
    }

    private static string FindFolder()
    {
        DirectoryInfo? top = new(AppContext.BaseDirectory);
        while (top is not null && !File.Exists(Path.Combine(top.FullName, "Tsdb.sln")))
        {
            top = top.Parent;
        }

        Assert.NotNull(top);
        return Path.Combine(top.FullName, "tests", "golden", "codecs", "v1");
    }

    private static void WriteBlocks(string folder)
    {
        List<string> lines = [];
        foreach (int count in new[] { 100, 1024 })
        {
            foreach ((string name, long[] values) in BlockSamples.Integers(Seed, count))
            {
                lines.Add(WriteBlock(folder, "integer", name, values));
                lines.Add(WriteBlock(folder, "timestamp", name, values));
            }

            foreach ((string name, double[] values) in BlockSamples.Doubles(Seed, count))
            {
                long[] cells = MemoryMarshal.Cast<double, long>(values).ToArray();
                lines.Add(WriteBlock(folder, "double", name, cells));
            }
        }

        File.WriteAllLines(Path.Combine(folder, "expected.txt"), lines);
    }

    private static string WriteBlock(string folder, string codec, string name, long[] cells)
    {
        string kind = name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal);
        string file = $"{codec}-{kind}-{cells.Length}.bin";
        File.WriteAllBytes(Path.Combine(folder, file), Encode(codec, cells));
        return $"{file} {codec} {cells.Length} {ChecksumOf(cells)}";
    }

    private static string ChecksumOf(long[] cells) =>
        Crc32C.AppendByTable(0, MemoryMarshal.AsBytes(cells.AsSpan()))
            .ToString("x8", CultureInfo.InvariantCulture);

    private static bool Decode(string codec, byte[] source, long[] cells) => codec switch
    {
        "integer" => IntegerCodec.TryDecode(source, cells),
        "timestamp" => TimestampCodec.TryDecode(source, cells),
        "double" => DoubleCodec.TryDecode(source, MemoryMarshal.Cast<long, double>(cells.AsSpan())),
        _ => false,
    };

    private static byte[] Encode(string codec, long[] cells) => codec switch
    {
        "integer" => NumberCodecTests.EncodeIntegers(cells),
        "timestamp" => NumberCodecTests.EncodeTimestamps(cells),
        _ => NumberCodecTests.EncodeDoubles(MemoryMarshal.Cast<long, double>(cells.AsSpan())),
    };
}
