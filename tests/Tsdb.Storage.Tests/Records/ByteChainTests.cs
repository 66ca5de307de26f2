using Tsdb.Storage.Records;

namespace Tsdb.Storage.Tests.Records;

public sealed class ByteChainTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_was_appended_comes_back_in_order_and_whole(int seed)
    {
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        Random random = new(seed);
        ByteChain chain = new();
        List<byte> expected = [];
        while (expected.Count < 3 * ByteChain.PieceSizeBytes)
        {
            // Now and then longer than a piece.
            bool isLong = random.Next(20) == 0;
            int sizeBytes = random.Next(isLong ? 2 * ByteChain.PieceSizeBytes : 5000);
            byte[] bytes = new byte[sizeBytes];
            random.NextBytes(bytes);
            chain.Append(bytes);
            expected.AddRange(bytes);
        }

        byte[] actual = [.. chain.Pieces.SelectMany(static piece => piece.Span.ToArray())];
        Assert.Equal(expected.Count, chain.SizeBytes);
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(actual));

        chain.Release();
        Assert.Equal(0, chain.SizeBytes);
        Assert.Empty(chain.Pieces);
    }
}
