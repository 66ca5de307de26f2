using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

public sealed class PackedWriterTests
{
    private const int Seed = 20261123;
    private const int PieceSizeBytes = 4096;

    [Fact]
    public void Bytes_in_pieces_are_those_in_one_piece()
    {
        Random random = new(Seed);
        PackedWriter whole = new();
        PackedWriter pieces = new(PieceSizeBytes);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 5000; i++)
            {
                long value = random.NextInt64() >> random.Next(64);
                byte[] bytes = new byte[i % 1000 == 999 ? 3 * PieceSizeBytes : random.Next(20)];
                random.NextBytes(bytes);
                Write(whole, value, bytes);
                Write(pieces, value, bytes);
                Assert.Equal(whole.SizeBytes, pieces.SizeBytes);
            }

            Assert.True(pieces.PieceCount > 10, $"seed {Seed}");
            Assert.True(pieces.CapacityBytes >= pieces.SizeBytes);
            Assert.True(whole.Span.SequenceEqual(pieces.ToArray()), $"seed {Seed}");
            whole.Clear();
            pieces.Clear();
            Assert.Equal(0, pieces.SizeBytes);
            Assert.Equal(1, pieces.PieceCount);
        }

        pieces.Release();
        Assert.Equal(0, pieces.CapacityBytes);
    }

    private static void Write(PackedWriter target, long value, byte[] bytes)
    {
        target.WriteByte((byte)value);
        target.WriteUnsigned((ulong)value);
        target.WriteUnsigned((UInt128)(ulong)value * 1000);
        target.WriteSigned(value);
        target.WriteFixed((uint)value);
        target.WriteFixed((ulong)value);
        target.Write(bytes);
    }
}
