namespace Tsdb.Core.Tests;

public sealed class Lz4BlockTests
{
    [Theory]
    [InlineData(new byte[] { 0x10, (byte)'a', 0, 0, 0x50, 1, 2, 3, 4, 5 })]
    [InlineData(new byte[] { 0x14, (byte)'a', 1, 0, 0x00, 0, 0, 0x50, 1, 2, 3, 4, 5 })]
    [InlineData(new byte[] { 0x1F, (byte)'a', 1, 0, 255, 3, 0x00, 0, 0 })]
    [InlineData(new byte[] { 0xF0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0 })]
    public void A_match_of_distance_zero_is_found(byte[] block) =>
        Assert.True(Lz4Block.HasZeroDistance(block));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0x50, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x10, (byte)'a', 1, 0, 0x50, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x10, (byte)'a', 0, 1, 0x50, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x1F, (byte)'a', 1, 0, 255, 255 })]
    [InlineData(new byte[] { 0xF0, 255, 255, 255 })]
    [InlineData(new byte[] { 0x10, (byte)'a', 0 })]
    public void Whole_and_broken_blocks_without_one_are_let_through(byte[] block) =>
        Assert.False(Lz4Block.HasZeroDistance(block));
}
