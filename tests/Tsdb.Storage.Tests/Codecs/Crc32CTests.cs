using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_catalogue_comes_out() =>
        Assert.Equal(0xE306_9283u, Crc32C.Compute("123456789"u8));

    [Fact]
    public void Nothing_sums_to_zero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Fact]
    public void The_table_and_the_instructions_agree_at_every_length()
    {
        byte[] bytes = new byte[4000];
        new Random(5).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(0, length);
            Assert.Equal(Crc32C.AppendByTable(0, part), Crc32C.Compute(part));
        }
    }

    [Fact]
    public void Appending_in_parts_equals_one_sum()
    {
        byte[] bytes = new byte[3000];
        new Random(6).NextBytes(bytes);
        uint whole = Crc32C.Compute(bytes);
        for (int cut = 0; cut <= bytes.Length; cut += 7)
        {
            Assert.Equal(whole, Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
