using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Tests.Indexing;

public sealed class TagIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Series_are_found_by_their_values_as_by_looking_at_each(int seed)
    {
        Random random = new(seed);
        RandomTags tags = new(random, seriesCount: 150_000);
        TagIndex index = tags.Table.OpenView();
        for (int key = 0; key < RandomTags.KeyCount; key++)
        {
            for (int round = 0; round < 10; round++)
            {
                int valueId = random.Next(index.GetValueCount(key));
                Assert.Equal(tags.Find(key, id => id == valueId), index.FindSeries(key, valueId).ToArray());
                Assert.Equal(index.FindSeries(key, valueId).ToArray(), index.GetSeriesWith(key, valueId));
            }

            ulong[] values = new ulong[random.Next(1, 5)];
            random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            Assert.Equal(
                tags.Find(
                    key, id => id >= 0 && id / 64 < values.Length && (values[id / 64] >> (id % 64) & 1) != 0),
                index.FindSeriesWithAny(key, values).ToArray());
            Assert.Equal(tags.Find(key, id => id < 0), index.FindSeriesWithout(key).ToArray());
        }
    }

    [Fact]
    public void A_view_does_not_show_series_that_came_later()
    {
        TableTags table = CreateTable();
        table.AddKey("host");
        int value = table.Keys[0].Values.Add("a"u8);
        TagIndex before = Fill(table, value, count: 100);
        TagIndex after = Fill(table, value, count: 20_000);

        Assert.Equal(100, before.FindSeries(0, value).Count);
        Assert.Equal(20_100, after.FindSeries(0, value).Count);
        Assert.Equal(Enumerable.Range(0, 100), before.FindSeriesWithAny(0, [1UL]).ToArray());
    }

    [Fact]
    public async Task Readers_see_the_tags_of_every_published_series_while_a_writer_adds()
    {
        TableTags table = CreateTable();
        table.AddKey("host");
        table.AddKey("rack");
        const int Count = 100_000;
        Task reader = Task.Run(() => ReadUntil(table, Count), TestContext.Current.CancellationToken);
        int[] racks = new int[300];
        for (int i = 0; i < Count; i++)
        {
            int host = table.Keys[0].Values.Add(Encoding.UTF8.GetBytes($"h{i}"));
            if (i < racks.Length)
            {
                racks[i] = table.Keys[1].Values.Add(Encoding.UTF8.GetBytes($"r{i}"));
            }

            table.AddSeries(new SeriesId((uint)i), [host, racks[i % racks.Length]]);
        }

        await reader;
    }

    [Fact]
    public void Hostile_values_are_kept_byte_for_byte()
    {
        TagDictionary dictionary = new(new NativeHeap(null), new TextHeap(new NativeHeap(null)));
        byte[][] values =
        [
            [0], [0, 0], [0xFF], "\\"u8.ToArray(), "a,b=c d"u8.ToArray(), "é"u8.ToArray(), new byte[1024],
        ];
        foreach (byte[] value in values)
        {
            Assert.Equal(-1, dictionary.Find(value));
            int id = dictionary.Add(value);
            Assert.Equal(id, dictionary.Find(value));
        }

        for (int id = 0; id < values.Length; id++)
        {
            Assert.Equal(values[id], dictionary[id].ToArray());
        }
    }

    [Theory]
    [InlineData(1, 8192)]
    [InlineData(2, 8192)]
    [InlineData(4, 8192)]
    [InlineData(1, 64)]
    [InlineData(4, 16)]
    public void Vector_and_plain_scans_give_the_same_bits(int widthBytes, int capacity)
    {
        Random random = new(widthBytes + capacity);
        ForwardChunk chunk = new(new NativeHeap(null), capacity, widthBytes);
        uint offset = widthBytes == 4 ? 100_000U : widthBytes == 2 ? 40_000U : 1U;
        for (int i = 0; i < capacity; i++)
        {
            if (random.Next(5) > 0)
            {
                chunk.Set(i, offset + (uint)random.Next(4));
            }
        }

        for (uint code = offset - 1; code < offset + 5; code++)
        {
            ulong[] fast = new ulong[128];
            ulong[] plain = new ulong[128];
            ForwardScan.Match(chunk, Math.Max(1, code), fast);
            ForwardScan.Match(chunk, Math.Max(1, code), plain, isVectorized: false);
            Assert.Equal(plain, fast);
        }
    }

    private static void ReadUntil(TableTags table, int count)
    {
        TagIndex view = table.OpenView();
        while (view.SeriesCount < count)
        {
            view = table.OpenView();
            if (view.SeriesCount > 0)
            {
                int ordinal = view.SeriesCount - 1;
                string host = view.GetValue(0, view.GetValueId(0, ordinal));
                Assert.Equal($"h{ordinal}", host);
                Assert.Equal([ordinal], view.FindSeries(0, view.FindValue(0, host)).ToArray());
                Assert.Equal($"r{ordinal % 300}", view.GetValue(1, view.GetValueId(1, ordinal)));
            }
        }
    }

    private static TagIndex Fill(TableTags table, int value, int count)
    {
        for (int i = 0; i < count; i++)
        {
            table.AddSeries(new SeriesId((uint)table.SeriesCount), [value]);
        }

        return table.OpenView();
    }

    private static TableTags CreateTable()
    {
        NativeHeap memory = new(null);
        return new TableTags(memory, new TextHeap(memory));
    }
}
