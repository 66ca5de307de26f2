using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Storage.Tests.Codecs;

public sealed class TextCodecTests
{
    private const int Seed = 31;

    [Fact]
    public void Texts_of_every_kind_come_back()
    {
        Random random = new(Seed);
        string[] states = ["OK", "WARN", "", "größer", "FAULT: pressure out of range"];
        foreach (int count in new[] { 1, 2, 17, 300, 1024 })
        {
            CheckRoundTrip(Make(count, _ => "running"));
            CheckRoundTrip(Make(count, _ => ""));
            CheckRoundTrip(Make(count, _ => states[random.Next(states.Length)]));
            CheckRoundTrip(Make(count, i => $"message {i} of pump {random.Next(9)}: {random.NextInt64()}"));
            CheckRoundTrip(Make(count, _ => new string((char)random.Next(32, 127), random.Next(2000))));
            CheckRoundTrip(Make(count, _ => Convert.ToHexString(BitConverter.GetBytes(random.NextInt64()))));
        }
    }

    [Fact]
    public void Repeated_texts_take_bits_and_like_texts_are_compressed()
    {
        string[] repeated = Make(1024, i => i % 2 == 0 ? "running" : "stopped");
        Assert.InRange(Encode(repeated).SizeBytes, 100, 170);
        string[] alike = Make(1024, i => $"the pressure of pump number {i} left its permitted range");
        int plainBytes = alike.Sum(Encoding.UTF8.GetByteCount);
        Assert.InRange(Encode(alike).SizeBytes, 1024, plainBytes / 4);
    }

    [Fact]
    public void Decoding_appends_to_what_the_slab_holds_and_failing_leaves_it()
    {
        ByteSlab encoded = Encode(["a", "bc", "a"]);
        ByteSlab slab = new();
        slab.Append("before"u8);
        ulong[] cells = new ulong[3];
        Assert.False(TextCodec.TryDecode(encoded.Span[..^1], cells, slab));
        Assert.Equal(6, slab.SizeBytes);
        Assert.False(TextCodec.TryDecode(encoded.Span, new ulong[2], slab));
        Assert.True(TextCodec.TryDecode(encoded.Span, cells, slab));
        Assert.Equal("beforeabc"u8.ToArray(), slab.Span.ToArray());
        Assert.Equal("bc"u8.ToArray(), TextSpan.FromCell(cells[1]).In(slab.Span).ToArray());
        Assert.Equal(cells[0], cells[2]);
    }

    internal static string[] Make(int count, Func<int, string> make) =>
        Enumerable.Range(0, count).Select(make).ToArray();

    internal static ByteSlab Encode(string[] texts)
    {
        ByteSlab slab = new();
        ulong[] cells = new ulong[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            cells[i] = slab.Append(Encoding.UTF8.GetBytes(texts[i])).ToCell();
        }

        ByteSlab target = new();
        TextCodec.Encode(cells, slab.Span, target);
        return target;
    }

    private static void CheckRoundTrip(string[] texts)
    {
        ByteSlab encoded = Encode(texts);
        ByteSlab slab = new();
        ulong[] cells = new ulong[texts.Length];
        Assert.True(TextCodec.TryDecode(encoded.Span, cells, slab));
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(texts[i], Encoding.UTF8.GetString(TextSpan.FromCell(cells[i]).In(slab.Span)));
        }
    }
}
