using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>
/// Decoders meet bytes that a disk or a sender has damaged: they refuse or give other values, never throw,
/// never write beyond what they were given.
/// </summary>
public sealed class MalformedSourceTests(ITestOutputHelper output)
{
    private const int Seed = 99;
    private const int MutationsPerSource = 150;
    private const long Guard = 0x5AFE_5AFE_5AFE_5AFE;

    private delegate bool Decode(ReadOnlySpan<byte> source, Span<long> values);

    [Fact]
    public void Integers_cut_short_or_mutated_never_throw() =>
        Attack(IntegerSources(values => NumberCodecTests.EncodeIntegers(values)), IntegerCodec.TryDecode);

    [Fact]
    public void Timestamps_cut_short_or_mutated_never_throw() =>
        Attack(IntegerSources(values => NumberCodecTests.EncodeTimestamps(values)), TimestampCodec.TryDecode);

    [Fact]
    public void Doubles_cut_short_or_mutated_never_throw()
    {
        List<(byte[], int)> sources = [];
        foreach (int count in new[] { 1, 20, 648, 1024 })
        {
            foreach ((string _, double[] values) in BlockSamples.Doubles(Seed, count))
            {
                sources.Add((NumberCodecTests.EncodeDoubles(values), count));
            }
        }

        Attack(sources, (source, values) =>
            DoubleCodec.TryDecode(source, MemoryMarshal.Cast<long, double>(values)));
    }

    [Fact]
    public void Bitmaps_cut_short_or_mutated_never_throw()
    {
        Random random = new(Seed);
        List<(byte[], int)> sources = [];
        foreach (int perMille in new[] { 0, 3, 300, 995, 1000 })
        {
            ulong[] words = BitmapCodecTests.MakeBitmap(random, 1000, perMille, 50);
            sources.Add((BitmapCodecTests.Encode(words, 1000), 16));
        }

        Attack(sources, (source, values) =>
            BitmapCodec.TryDecode(
                source, 1000, MemoryMarshal.Cast<long, ulong>(values)));
    }

    [Fact]
    public void Texts_cut_short_or_mutated_never_throw_and_name_only_bytes_of_the_slab()
    {
        Random random = new(Seed);
        List<(byte[], int)> sources = [];
        foreach (int count in new[] { 1, 30, 1024 })
        {
            string[] texts = TextCodecTests.Make(count, i => $"pump {i % 40} is {random.Next(3)}");
            sources.Add((TextCodecTests.Encode(texts).Span.ToArray(), count));
        }

        ByteSlab slab = new();
        Attack(sources, (source, values) =>
        {
            slab.Clear();
            Span<ulong> cells = MemoryMarshal.Cast<long, ulong>(values);
            bool isRead = TextCodec.TryDecode(source, cells, slab);
            Assert.InRange(slab.SizeBytes, 0, isRead ? 255 * source.Length : 0);
            foreach (ulong cell in isRead ? cells : [])
            {
                _ = TextSpan.FromCell(cell).In(slab.Span);
            }

            return isRead;
        });
    }

    private static List<(byte[] Source, int Count)> IntegerSources(Func<long[], byte[]> encode)
    {
        List<(byte[], int)> sources = [];
        foreach (int count in new[] { 1, 20, 648, 1024 })
        {
            foreach ((string _, long[] values) in BlockSamples.Integers(Seed, count))
            {
                sources.Add((encode(values), count));
            }
        }

        return sources;
    }

    private static void Mutate(Random random, byte[] source)
    {
        int changeCount = random.Next(1, 4);
        for (int i = 0; i < changeCount; i++)
        {
            // Half of the changes hit the first bytes, where headers are.
            int end = random.Next(2) == 0 ? Math.Min(24, source.Length) : source.Length;
            source[random.Next(end)] = (byte)random.Next(256);
        }
    }

    private void Attack(List<(byte[] Source, int Count)> sources, Decode decode)
    {
        output.WriteLine($"seed {Seed}");
        Random random = new(Seed);
        int readCount = 0;
        foreach ((byte[] source, int count) in sources)
        {
            Assert.True(TryGuarded(decode, source, count));
            for (int length = 0; length < source.Length; length += Math.Max(1, source.Length / 60))
            {
                bool isRead = TryGuarded(decode, source[..length], count);
                Assert.False(isRead, $"cut to {length} of {source.Length}");
            }

            Assert.False(TryGuarded(decode, [.. source, 0], count));
            for (int round = 0; round < MutationsPerSource; round++)
            {
                byte[] mutated = [.. source];
                Mutate(random, mutated);
                readCount += TryGuarded(decode, mutated, count) ? 1 : 0;
            }
        }

        int mutationCount = sources.Count * MutationsPerSource;
        output.WriteLine($"{readCount} of {mutationCount} mutations were read as other values");
    }

    private static bool TryGuarded(Decode decode, byte[] source, int count)
    {
        long[] values = new long[count + 2];
        values[0] = Guard;
        values[^1] = Guard;
        bool isRead = decode(source, values.AsSpan(1, count));
        Assert.Equal(Guard, values[0]);
        Assert.Equal(Guard, values[^1]);
        return isRead;
    }
}
