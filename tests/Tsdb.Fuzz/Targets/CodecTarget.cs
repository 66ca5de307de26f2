using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Fuzz.Targets;

/// <summary>
/// Block codecs: two bytes choose codec and number of values, the rest is the block. What folds must decode,
/// to the same.
/// </summary>
internal sealed class CodecTarget : FuzzTarget
{
    private const int HeaderSizeBytes = 3;
    private const int KindCount = 5;

    private readonly long[] _integers = new long[IntegerCodec.CountMax];
    private readonly double[] _doubles = new double[IntegerCodec.CountMax];
    private readonly ulong[] _words = new ulong[IntegerCodec.CountMax];
    private readonly ByteSlab _texts = new();

    public override string Name => "codecs";

    public override IReadOnlyList<byte[]> Samples { get; } = MakeSamples();

    public override void Run(byte[] input)
    {
        if (input.Length < HeaderSizeBytes)
        {
            return;
        }

        int count = 1 + ((input[1] | (input[2] << 8)) % IntegerCodec.CountMax);
        ReadOnlySpan<byte> block = input.AsSpan(HeaderSizeBytes);
        switch (input[0] % KindCount)
        {
            case 0:
                RunIntegers(block, count);
                break;
            case 1:
                TimestampCodec.TryDecode(block, _integers.AsSpan(0, count));
                break;
            case 2:
                DoubleCodec.TryDecode(block, _doubles.AsSpan(0, count));
                BlockFolding.TryFoldDecimals(block, count, out _, out _);
                break;
            case 3:
                BitmapCodec.TryDecode(block, count, _words.AsSpan(0, (count + 63) / 64));
                break;
            default:
                _texts.Clear();
                TextCodec.TryDecode(block, _words.AsSpan(0, count), _texts);
                break;
        }
    }

    private void RunIntegers(ReadOnlySpan<byte> block, int count)
    {
        bool isFolded = BlockFolding.TryFoldIntegers(block, count, out IntegerFold fold);
        Span<long> values = _integers.AsSpan(0, count);
        bool isDecoded = IntegerCodec.TryDecode(block, values);
        if (!isFolded)
        {
            return;
        }

        Int128 sum = 0;
        foreach (long value in values)
        {
            sum += value;
        }

        if (!isDecoded || fold.Sum != sum)
        {
            throw new InvalidOperationException($"folds to {fold.Sum}, decodes to {sum} ({isDecoded})");
        }
    }

    private static List<byte[]> MakeSamples()
    {
        Random random = new(1);
        List<byte[]> samples = [];
        byte[] target = new byte[64 << 10];
        foreach (int count in new[] { 1, 100, 1024 })
        {
            long[] walk = new long[count];
            long state = 50;
            for (int i = 0; i < count; i++)
            {
                state += random.Next(-2, 3);
                walk[i] = i % 97 == 5 ? random.NextInt64() : state;
            }

            double[] decimals = [.. walk.Select(value => value / 100.0)];
            double[] sines = [.. walk.Select((_, i) => Math.Sin(i * 0.01))];
            long[] runs = [.. walk.Select((_, i) => (long)(i / 50))];
            long[] noise = [.. walk.Select(_ => (long)random.Next(1000))];
            samples.Add(Sample(0, count, target.AsSpan(0, IntegerCodec.Encode(walk, target))));
            samples.Add(Sample(0, count, target.AsSpan(0, IntegerCodec.Encode(runs, target))));
            samples.Add(Sample(0, count, target.AsSpan(0, IntegerCodec.Encode(noise, target))));
            samples.Add(Sample(1, count, target.AsSpan(0, TimestampCodec.Encode(runs, target))));
            samples.Add(Sample(2, count, target.AsSpan(0, DoubleCodec.Encode(decimals, target))));
            samples.Add(Sample(2, count, target.AsSpan(0, DoubleCodec.Encode(sines, target))));
            ulong[] bits = [.. noise.Take((count + 63) / 64).Select(static value => (ulong)value * 977)];
            samples.Add(Sample(3, count, target.AsSpan(0, BitmapCodec.Encode(bits, count, target))));
            samples.Add(Sample(4, count, Texts(random, count)));
        }

        return samples;
    }

    private static ReadOnlySpan<byte> Texts(Random random, int count)
    {
        ByteSlab slab = new();
        ulong[] cells = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            byte[] text = new byte[random.Next(40)];
            text.AsSpan().Fill((byte)('a' + random.Next(3)));
            cells[i] = slab.Append(text).ToCell();
        }

        ByteSlab encoded = new();
        TextCodec.Encode(cells, slab.Span, encoded);
        return encoded.Span;
    }

    private static byte[] Sample(byte kind, int count, ReadOnlySpan<byte> block) =>
        [kind, (byte)(count - 1), (byte)((count - 1) >> 8), .. block];
}
