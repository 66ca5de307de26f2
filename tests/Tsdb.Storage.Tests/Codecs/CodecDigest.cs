using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>One hash over the encoded bytes of all samples, and one over what they decode to.</summary>
internal static class CodecDigest
{
    private const int Seed = 2;

    public static string Compute()
    {
        using IncrementalHash encoded = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IncrementalHash decoded = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (int count in new[] { 1, 5, 16, 37, 100, 648, 1023, 1024 })
        {
            long[] integers = new long[count];
            double[] doubles = new double[count];
            foreach ((string _, long[] values) in BlockSamples.Integers(Seed, count))
            {
                byte[] bytes = NumberCodecTests.EncodeIntegers(values);
                encoded.AppendData(bytes);
                Assert.True(IntegerCodec.TryDecode(bytes, integers));
                decoded.AppendData(MemoryMarshal.AsBytes(integers.AsSpan()));
                bool isFolded = BlockFolding.TryFoldIntegers(bytes, count, out IntegerFold fold);
                decoded.AppendData(Encoding.UTF8.GetBytes($"{isFolded} {fold}"));
                bytes = NumberCodecTests.EncodeTimestamps(values);
                encoded.AppendData(bytes);
                Assert.True(TimestampCodec.TryDecode(bytes, integers));
                decoded.AppendData(MemoryMarshal.AsBytes(integers.AsSpan()));
                encoded.AppendData(BitConverter.GetBytes(Crc32C.Compute(bytes)));
            }

            foreach ((string _, double[] values) in BlockSamples.Doubles(Seed, count))
            {
                byte[] bytes = NumberCodecTests.EncodeDoubles(values);
                encoded.AppendData(bytes);
                Assert.True(DoubleCodec.TryDecode(bytes, doubles));
                decoded.AppendData(MemoryMarshal.AsBytes(doubles.AsSpan()));
            }
        }

        string ofBytes = Convert.ToHexString(encoded.GetHashAndReset());
        return $"{ofBytes} {Convert.ToHexString(decoded.GetHashAndReset())}";
    }
}
