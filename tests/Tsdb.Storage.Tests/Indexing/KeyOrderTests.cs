using System.Runtime.InteropServices;
using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Tests.Indexing;

/// <summary>Keys that come in the order of last time are guessed; a guess must never be believed.</summary>
public sealed class KeyOrderTests
{
    private const int SeriesCount = 5_000;

    private readonly SeriesKeyTable _table = new(new NativeHeap(null));

    public KeyOrderTests()
    {
        for (uint i = 0; i < SeriesCount; i++)
        {
            byte[] key = Encoding.UTF8.GetBytes(KeyOf(i));
            _table.Add(key, KeyHash.Compute(key), new SeriesId(i));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_order_of_known_and_unknown_keys_gives_what_a_dictionary_gives(int seed)
    {
        Random random = new(seed);
        uint[] order = [.. Enumerable.Range(0, SeriesCount + 50).Select(i => (uint)i)];
        random.Shuffle(order);
        for (int round = 0; round < 20; round++)
        {
            // Mostly the order of last time, with keys that are left out, come twice or change places.
            uint[] sent = [.. order.Where(_ => random.Next(100) != 0)];
            for (int i = 0; i < random.Next(40); i++)
            {
                sent[random.Next(sent.Length)] = sent[random.Next(sent.Length)];
            }

            Assert.Equal(sent.Select(Expected), Find(sent, random.Next(1, 50)));
        }
    }

    [Fact]
    public void A_series_that_was_forgotten_is_not_guessed()
    {
        uint[] sent = [.. Enumerable.Range(0, 200).Select(i => (uint)i)];
        Find(sent, 32);
        Assert.Equal(sent.Select(Expected), Find(sent, 32));
        _table.Remove(series => series.Value % 7 == 3);
        Assert.Equal(
            sent.Select(i => i % 7 == 3 ? ISeriesKeys.Unknown : i), Find(sent, 32));
    }

    [Fact]
    public void A_series_is_found_under_its_second_spelling_where_its_first_was_expected()
    {
        byte[] other = "cpu,region=eu,host=h000007-and-more-so-that-it-is-long"u8.ToArray();
        _table.Add(other, KeyHash.Compute(other), new SeriesId(7));
        uint[] sent = [5, 6, 7, 8];
        Find(sent, 4);
        byte[] text = Encoding.UTF8.GetBytes(KeyOf(6) + Encoding.UTF8.GetString(other) + KeyOf(8));
        uint[] ids = new uint[3];
        int keySize = KeyOf(6).Length;
        _table.Find(
            text,
            [0, keySize, keySize + other.Length],
            [keySize, other.Length, KeyOf(8).Length],
            previous: 5,
            ids);
        Assert.Equal([6u, 7u, 8u], ids);
    }

    private static uint Expected(uint series) => series < SeriesCount ? series : ISeriesKeys.Unknown;

    // Keys of one length that differ in few bytes, at the ends of vectors among others.
    private static string KeyOf(uint series) => (series % 3) switch
    {
        0 => $"cpu,host=h{series:D6}",
        1 => $"cpu,host=h{series:D6},region=eu-central",
        _ => $"cpu,datacenter=eu-central-1b,rack=12,os=Ubuntu16.10,host=h{series:D6}",
    };

    private uint[] Find(uint[] sent, int groupCount)
    {
        StringBuilder text = new();
        List<int> offsets = [];
        List<int> lengths = [];
        foreach (uint series in sent)
        {
            offsets.Add(text.Length);
            lengths.Add(KeyOf(series).Length);
            text.Append(KeyOf(series));
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        uint[] ids = new uint[sent.Length];
        for (int first = 0; first < sent.Length; first += groupCount)
        {
            Range group = first..Math.Min(first + groupCount, sent.Length);
            uint previous = first == 0 ? ISeriesKeys.Unknown : ids[first - 1];
            _table.Find(
                bytes,
                CollectionsMarshal.AsSpan(offsets)[group],
                CollectionsMarshal.AsSpan(lengths)[group],
                previous,
                ids.AsSpan(group));
        }

        return ids;
    }
}
