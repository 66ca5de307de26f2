using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

public sealed class BitmapCodecTests
{
    private const int Seed = 77;

    [Fact]
    public void Bitmaps_of_every_density_and_length_come_back()
    {
        Random random = new(Seed);
        foreach (int perMille in new[] { 0, 1, 10, 100, 500, 900, 990, 999, 1000 })
        {
            for (int bitCount = 1; bitCount <= 1024; bitCount += random.Next(1, 20))
            {
                CheckRoundTrip(MakeBitmap(random, bitCount, perMille, runLengthMax: 1), bitCount);
                CheckRoundTrip(MakeBitmap(random, bitCount, perMille, runLengthMax: 200), bitCount);
            }
        }
    }

    [Fact]
    public void Uniform_and_sparse_bitmaps_are_small()
    {
        ulong[] words = new ulong[16];
        Assert.Equal(3, Encode(words, 1024).Length);
        words[3] = 1;
        Assert.InRange(Encode(words, 1024).Length, 4, 6);
        Array.Fill(words, ulong.MaxValue);
        Assert.Equal(3, Encode(words, 1024).Length);
        words[9] &= ~5UL;
        Assert.InRange(Encode(words, 1024).Length, 4, 8);
        Array.Clear(words, 4, 8);
        Assert.InRange(Encode(words, 1024).Length, 5, 12);
    }

    [Fact]
    public void Bits_beyond_the_count_do_not_matter_and_come_back_clear()
    {
        ulong[] clean = [0b1011];
        ulong[] dirty = [0b1011 | (ulong.MaxValue << 4)];
        Assert.Equal(Encode(clean, 4), Encode(dirty, 4));
        ulong[] decoded = new ulong[1];
        Assert.True(BitmapCodec.TryDecode(Encode(dirty, 4), 4, decoded));
        Assert.Equal(clean, decoded);
    }

    [Fact]
    public void Another_count_is_refused()
    {
        byte[] encoded = Encode([0b101], 3);
        Assert.False(BitmapCodec.TryDecode(encoded, 4, new ulong[1]));
        Assert.False(BitmapCodec.TryDecode(encoded, 2, new ulong[1]));
    }

    internal static byte[] Encode(ulong[] words, int bitCount)
    {
        byte[] target = new byte[BitmapCodec.MaxEncodedSizeBytes(bitCount)];
        return target[..BitmapCodec.Encode(words, bitCount, target)];
    }

    internal static ulong[] MakeBitmap(Random random, int bitCount, int perMille, int runLengthMax)
    {
        ulong[] words = new ulong[(bitCount + 63) / 64];
        for (int at = 0; at < bitCount;)
        {
            bool isSet = random.Next(1000) < perMille;
            for (int end = Math.Min(bitCount, at + random.Next(1, runLengthMax + 1)); at < end; at++)
            {
                words[at / 64] |= isSet ? 1UL << (at % 64) : 0;
            }
        }

        return words;
    }

    private static void CheckRoundTrip(ulong[] words, int bitCount)
    {
        byte[] encoded = Encode(words, bitCount);
        ulong[] decoded = new ulong[words.Length];
        Array.Fill(decoded, 0xAAAA_AAAA_AAAA_AAAA);
        Assert.True(BitmapCodec.TryDecode(encoded, bitCount, decoded), $"{bitCount} bits, seed {Seed}");
        Assert.Equal(words, decoded);
    }
}
