namespace Tsdb.Core.Tests;

public sealed class KeyHashTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(140)]
    [InlineData(1000)]
    public void Every_byte_and_the_length_count(int length)
    {
        byte[] key = new byte[length + 1];
        HashSet<ulong> hashes = [KeyHash.Compute(key.AsSpan(0, length)), KeyHash.Compute(key)];
        HashSet<ulong> products =
            [KeyHash.ComputeByProducts(key.AsSpan(0, length)), KeyHash.ComputeByProducts(key)];
        for (int bit = 0; bit < length * 8; bit++)
        {
            key[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(hashes.Add(KeyHash.Compute(key.AsSpan(0, length))));
            Assert.True(products.Add(KeyHash.ComputeByProducts(key.AsSpan(0, length))));
            key[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Contains(KeyHash.Compute(key.AsSpan(0, length)), hashes);
    }

    [Fact]
    public void The_bits_of_keys_that_differ_by_a_number_are_evenly_set()
    {
        const int KeyCount = 20_000;
        int[] setCounts = new int[64];
        for (int i = 0; i < KeyCount; i++)
        {
            ulong hash = KeyHash.Compute(System.Text.Encoding.ASCII.GetBytes(
                $"cpu,hostname=host_{i},region=eu-central-1,datacenter=eu-central-1a,rack=7,os=Ubuntu15.10"));
            for (int bit = 0; bit < 64; bit++)
            {
                setCounts[bit] += (int)(hash >> bit) & 1;
            }
        }

        // Eight standard deviations either way: the seed differs from run to run.
        Assert.All(setCounts, static count => Assert.InRange(count, 9_434, 10_566));
    }
}
