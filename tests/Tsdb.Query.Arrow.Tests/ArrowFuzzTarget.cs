using Tsdb.Core;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Query.Arrow.Tests;

/// <summary>
/// The door for whoever throws bytes at the reader of Arrow streams: seeds to start from, and a run that may
/// end in two ways only, read or refused.
/// </summary>
public static class ArrowFuzzTarget
{
    /// <summary>Valid streams that between them use every part of the reader.</summary>
    public static IReadOnlyList<byte[]> Seeds { get; } = [.. SeedStreams.All()];

    /// <summary>Reads the bytes in one piece and again in small ones. Any exception is a find.</summary>
    /// <returns>Rows read; -1 when the bytes were refused.</returns>
    public static long Run(ReadOnlySpan<byte> bytes)
    {
        long whole = Read(bytes, bytes.Length);
        long pieces = Read(bytes, 61);
        Invariant.Holds(whole == pieces);
        return whole;
    }

    /// <summary>A seeded mutation of one of the <see cref="Seeds"/>.</summary>
    public static byte[] Mutate(Random random)
    {
        byte[] bytes = (byte[])Seeds[random.Next(Seeds.Count)].Clone();
        int changeCount = random.Next(1, 5);
        for (int i = 0; i < changeCount; i++)
        {
            int place = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 2:
                    // Lengths and offsets are words: the values that hurt.
                    int[] words = [0, 1, -1, int.MaxValue, int.MinValue, bytes.Length, random.Next()];
                    place = Math.Min(place & ~3, bytes.Length - sizeof(int));
                    BitConverter.TryWriteBytes(bytes.AsSpan(place), words[random.Next(words.Length)]);
                    break;
                default:
                    bytes = random.Next(8) == 0 ? bytes[..(place + 1)] : bytes;
                    break;
            }
        }

        return bytes;
    }

    private static long Read(ReadOnlySpan<byte> bytes, int pieceSizeBytes)
    {
        ArrowSampleOptions options = new()
        {
            MessageSizeBytesMax = 1 << 20,
            BodySizeBytesMax = 1 << 20,
            DictionarySizeBytesMax = 1 << 20,
        };
        using ArrowSampleDecoder stream = new(options);
        SampleBatch sample = new();
        RejectLog rejects = new();
        long rowCount = 0;
        try
        {
            for (int first = 0; first < bytes.Length; first += Math.Max(1, pieceSizeBytes))
            {
                stream.Feed(bytes[first..Math.Min(bytes.Length, first + pieceSizeBytes)].ToArray());
                while (stream.TryRead(sample, rejects))
                {
                    rowCount += sample.RowCount;
                }
            }
        }
        catch (ArrowInputException)
        {
            return -1;
        }

        return rowCount;
    }
}
