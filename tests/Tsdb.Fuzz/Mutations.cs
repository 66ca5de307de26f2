using System.Buffers.Binary;

namespace Tsdb.Fuzz;

/// <summary>Small changes of valid inputs, as damage and malice make them. The same seed makes the
/// same.</summary>
public sealed class Mutations(Random random)
{
    private const int ChangeCountMax = 6;
    private const int SizeBytesMax = 1 << 20;

    private static readonly long[] _interesting =
    [
        0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 255, 256, 1023, 1024, 1025, 4095, 4096, 65535, 65536,
        int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, -1, -2,
    ];

    /// <summary>One of the samples, changed in one to six places.</summary>
    public byte[] Next(IReadOnlyList<byte[]> samples)
    {
        byte[] input = [.. samples[random.Next(samples.Count)]];
        int changeCount = 1 + (int)(ChangeCountMax * Math.Pow(random.NextDouble(), 2));
        for (int i = 0; i < changeCount; i++)
        {
            input = Change(input, samples);
        }

        return input;
    }

    private byte[] Change(byte[] input, IReadOnlyList<byte[]> samples)
    {
        if (input.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        switch (random.Next(10))
        {
            case 0 or 1:
                input[random.Next(input.Length)] ^= (byte)(1 << random.Next(8));
                return input;
            case 2 or 3:
                input[random.Next(input.Length)] = (byte)random.Next(256);
                return input;
            case 4 or 5:
                PutNumber(input);
                return input;
            case 6:
                return input[..random.Next(input.Length)];
            case 7:
                return Repeat(input);
            case 8:
                return Remove(input);
            default:
                return Splice(input, samples[random.Next(samples.Count)]);
        }
    }

    private void PutNumber(byte[] input)
    {
        long number = _interesting[random.Next(_interesting.Length)] + random.Next(-1, 2);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        int sizeBytes = Math.Min(1 << random.Next(4), input.Length);
        bytes[..sizeBytes].CopyTo(input.AsSpan(random.Next(input.Length - sizeBytes + 1)));
    }

    private byte[] Repeat(byte[] input)
    {
        (int start, int length) = NextSlice(input.Length);
        byte[] slice = input[start..(start + length)];
        byte[] result = [.. input[..(start + length)], .. slice, .. input[(start + length)..]];
        return result.Length <= SizeBytesMax ? result : input;
    }

    private byte[] Remove(byte[] input)
    {
        (int start, int length) = NextSlice(input.Length);
        return [.. input[..start], .. input[(start + length)..]];
    }

    private byte[] Splice(byte[] input, byte[] other)
    {
        if (other.Length == 0)
        {
            return input;
        }

        (int start, int length) = NextSlice(Math.Min(input.Length, other.Length));
        int from = random.Next(other.Length - length + 1);
        other.AsSpan(from, length).CopyTo(input.AsSpan(start));
        return input;
    }

    // Mostly short: a long slice is rarely more than a shorter file.
    private (int Start, int Length) NextSlice(int sizeBytes)
    {
        int length = 1 + (int)((sizeBytes - 1) * Math.Pow(random.NextDouble(), 4));
        return (random.Next(sizeBytes - length + 1), length);
    }
}
