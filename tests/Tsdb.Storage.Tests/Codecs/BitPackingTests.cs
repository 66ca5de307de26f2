using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

/// <summary>The packing kernels: every width in bits, every width of vector, every count.</summary>
public sealed class BitPackingTests
{
    private const int Seed = 4;

    [Fact]
    public void Every_width_comes_back_at_every_kind_of_count()
    {
        Random random = new(Seed);
        byte[] target = new byte[8 * IntegerCodec.CountMax];
        for (int width = 0; width <= 64; width++)
        {
            foreach (int count in new[] { 1, 2, 15, 16, 17, 32, 63, 64, 100, 648, 1023, 1024 })
            {
                long reference = random.NextInt64(long.MinValue, long.MaxValue);
                long[] values = RandomValues(random, count, width, reference);
                int size = BitPacking.Pack(values, reference, width, target);
                Assert.Equal(((count * width) + 7) / 8, size);

                long[] decoded = new long[count];
                ReadOnlySpan<byte> source = target.AsSpan(0, size);
                Assert.True(BitPacking.TryUnpack(ref source, reference, width, decoded));
                Assert.True(source.IsEmpty);
                Assert.True(values.AsSpan().SequenceEqual(decoded), $"width {width} x {count}, seed {Seed}");
            }
        }
    }

    [Fact]
    public void Every_vector_width_writes_the_same_words_and_reads_the_same_values()
    {
        Random random = new(Seed);
        for (int width = 1; width <= 64; width++)
        {
            foreach (int rowCount in new[] { 1, 2, 7, 40, 63, 64 })
            {
                ulong[] values = new ulong[rowCount * LaneKernel.LaneCount];
                random.NextBytes(MemoryMarshal.AsBytes(values.AsSpan()));
                ulong[] words = Pack<Lanes64, ulong>(values, rowCount, width);
                Assert.Equal(words, Pack<Lanes128, Vector128<ulong>>(values, rowCount, width));
                Assert.Equal(words, Pack<Lanes256, Vector256<ulong>>(values, rowCount, width));
                Assert.Equal(words, Pack<Lanes512, Vector512<ulong>>(values, rowCount, width));

                ulong[] read = Unpack<Lanes64, ulong>(words, rowCount, width);
                Assert.Equal(read, Unpack<Lanes128, Vector128<ulong>>(words, rowCount, width));
                Assert.Equal(read, Unpack<Lanes256, Vector256<ulong>>(words, rowCount, width));
                Assert.Equal(read, Unpack<Lanes512, Vector512<ulong>>(words, rowCount, width));
            }
        }
    }

    [Fact]
    public void The_words_are_those_that_the_format_page_describes()
    {
        // Lane 3 of two rows at 40 bits: row 0 in bits 0 to 39 of word 0, row 1 in bits 40 to 63 and on in
        // word 1.
        long[] values = new long[32];
        values[3] = 0x12_3456_789A;
        values[16 + 3] = 0xFE_DCBA_9876;
        byte[] target = new byte[160];
        Assert.Equal(160, BitPacking.Pack(values, 0, 40, target));
        Assert.Equal(0xBA98_7612_3456_789A, BitConverter.ToUInt64(target, 3 * 8));

        // What remains of each lane, 80 - 64 = 16 bits, follows lane by lane: lane 3's at byte 128 + 3 * 2.
        Assert.Equal(0xFEDC, BitConverter.ToUInt16(target, 128 + 6));
    }

    [Fact]
    public void A_source_shorter_than_its_values_is_refused()
    {
        ReadOnlySpan<byte> source = new byte[13];
        Assert.False(BitPacking.TryUnpack(ref source, 0, 7, new long[16]));
        Assert.False(BitPacking.TryUnpack(ref source, 0, 65, new long[1]));
        Assert.Equal(13, source.Length);
    }

    private static long[] RandomValues(Random random, int count, int width, long reference)
    {
        ulong mask = width == 0 ? 0 : ulong.MaxValue >> (64 - width);
        return BlockSamples.Fill(count, i =>
        {
            ulong residual = i == 0 ? mask : (ulong)random.NextInt64(long.MinValue, long.MaxValue) & mask;
            return unchecked(reference + (long)residual);
        });
    }

    private static ulong[] Pack<TLanes, TVector>(ulong[] values, int rowCount, int width)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        ulong[] words = new ulong[(((rowCount * width) + 63) / 64 * 16) + 16];
        ulong[] partial = new ulong[16];
        LaneKernel.Pack<TLanes, TVector>(ref values[0], rowCount, width, 12345, ref words[0], ref partial[0]);
        partial.CopyTo(words, rowCount * width / 64 * 16);
        return words;
    }

    private static ulong[] Unpack<TLanes, TVector>(ulong[] words, int rowCount, int width)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        ulong[] values = new ulong[rowCount * 16];
        LaneKernel.Unpack<TLanes, TVector>(ref words[0], rowCount, width, 12345, ref values[0]);
        return values;
    }
}
