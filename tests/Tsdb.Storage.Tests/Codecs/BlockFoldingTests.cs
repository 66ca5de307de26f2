using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>A folded block comes to what its decoded values come to.</summary>
public sealed class BlockFoldingTests
{
    private const int Seed = 20261122;

    [Fact]
    public void Integers_fold_to_what_their_decoded_values_come_to()
    {
        int foldedCount = 0;
        foreach (int count in new[] { 1, 16, 64, 100, 256, 648, 1008, 1024 })
        {
            foreach ((string name, long[] values) in BlockSamples.Integers(Seed, count))
            {
                byte[] encoded = NumberCodecTests.EncodeIntegers(values);
                if (BlockFolding.TryFoldIntegers(encoded, count, out IntegerFold fold))
                {
                    foldedCount++;
                    Assert.True(fold == FoldOf(values), $"{name} x {count}: {fold}, not {FoldOf(values)}");
                }
            }
        }

        Assert.InRange(foldedCount, 20, int.MaxValue);
    }

    [Fact]
    public void Frames_of_every_width_fold_to_what_their_values_come_to()
    {
        Random random = new(Seed);
        byte[] target = new byte[IntegerCodec.MaxEncodedSizeBytes(IntegerCodec.CountMax)];
        for (int width = 1; width <= 64; width++)
        {
            foreach (long low in new long[] { 0, -1_000_000, long.MinValue, long.MaxValue - 10 })
            {
                long[] values = BlockSamples.Fill(
                    IntegerCodec.CountMax,
                    i => unchecked(low + (long)(ulong)(i switch
                    {
                        0 => 0UL,
                        1 => ulong.MaxValue >> (64 - width),
                        _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - width),
                    })));
                int sizeBytes = IntegerCodec.Encode(values, target);
                bool isFolded = BlockFolding.TryFoldIntegers(
                    target.AsSpan(0, sizeBytes), values.Length, out IntegerFold fold);
                bool isExpected = width is > 1 and <= FoldKernel.WidthMax && low <= 0;
                Assert.True(isFolded || !isExpected, $"width {width} from {low} is not folded");
                Assert.True(!isFolded || fold == FoldOf(values), $"width {width} from {low}");
            }
        }
    }

    [Fact]
    public void Decimals_fold_to_the_digits_of_their_values()
    {
        Random random = new(Seed);
        double[] noisy = BlockSamples.Make(1024, _ => random.Next(-5000, 5000) / 100.0);
        double[] slow = BlockSamples.Make(1024, i => Math.Round(20 + (i / 64 * 0.1), 1));
        foreach (double[] values in new[] { noisy, slow })
        {
            byte[] encoded = NumberCodecTests.EncodeDoubles(values);
            Assert.True(BlockFolding.TryFoldDecimals(encoded, 1024, out IntegerFold fold, out int exponent));
            double power = Math.Pow(10, exponent);
            Assert.Equal(values.Min(), fold.Min / power);
            Assert.Equal(values.Max(), fold.Max / power);
            Assert.Equal(values.Sum(value => (decimal)value), (decimal)(long)fold.Sum / (decimal)power);
        }
    }

    [Fact]
    public void A_damaged_block_folds_to_what_it_decodes_to_or_not_at_all()
    {
        Random random = new(Seed);
        long[] decoded = new long[1024];
        foreach ((string name, long[] values) in BlockSamples.Integers(Seed, 1024))
        {
            byte[] encoded = NumberCodecTests.EncodeIntegers(values);
            for (int round = 0; round < 200; round++)
            {
                byte[] damaged = encoded[..random.Next(encoded.Length + 1)];
                damaged = random.Next(2) == 0 ? damaged : [.. encoded];
                if (damaged.Length > 0)
                {
                    damaged[random.Next(Math.Min(damaged.Length, 16))] ^= (byte)(1 << random.Next(8));
                }

                if (BlockFolding.TryFoldIntegers(damaged, 1024, out IntegerFold fold))
                {
                    Assert.True(IntegerCodec.TryDecode(damaged, decoded), $"{name}, round {round}");
                    Assert.True(fold == FoldOf(decoded), $"{name}, round {round}, seed {Seed}");
                }
            }
        }
    }

    internal static IntegerFold FoldOf(long[] values) => new(
        values.Min(), values.Max(), values.Aggregate((Int128)0, static (sum, value) => sum + value));
}
