using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

public sealed class VarIntTests
{
    [Fact]
    public void Values_around_every_power_of_two_come_back_and_take_the_size_said()
    {
        byte[] target = new byte[VarInt.MaxSizeBytes];
        for (int bit = 0; bit < 64; bit++)
        {
            for (int offset = -1; offset <= 1; offset++)
            {
                ulong value = unchecked((1UL << bit) + (ulong)offset);
                int size = VarInt.Write(target, value);
                ReadOnlySpan<byte> source = target.AsSpan(0, size);
                Assert.Equal(VarInt.SizeBytes(value), size);
                Assert.True(VarInt.TryRead(ref source, out ulong read));
                Assert.Equal(value, read);
                Assert.True(source.IsEmpty);

                byte[] written = target[..size];
                Assert.Equal(size, VarInt.WriteUnchecked(ref target[0], value));
                Assert.Equal(written, target[..size]);
                Array.Clear(target);
                Assert.Equal(size, VarInt.WriteByBytes(ref target[0], value));
                Assert.Equal(written, target[..size]);

                size = VarInt.WriteSigned(target, (long)value);
                source = target.AsSpan(0, size);
                Assert.Equal(VarInt.SizeBytesSigned((long)value), size);
                Assert.True(VarInt.TryReadSigned(ref source, out long signed));
                Assert.Equal((long)value, signed);
            }
        }
    }

    [Fact]
    public void A_value_that_is_cut_off_or_too_long_is_refused()
    {
        byte[] target = new byte[VarInt.MaxSizeBytes];
        int size = VarInt.Write(target, ulong.MaxValue);
        for (int length = 0; length < size; length++)
        {
            ReadOnlySpan<byte> cut = target.AsSpan(0, length);
            Assert.False(VarInt.TryRead(ref cut, out _));
        }

        target[^1] = 2;
        ReadOnlySpan<byte> beyond64Bits = target;
        Assert.False(VarInt.TryRead(ref beyond64Bits, out _));
    }
}
