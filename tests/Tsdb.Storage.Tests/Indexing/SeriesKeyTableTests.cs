using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Tests.Indexing;

public sealed class SeriesKeyTableTests
{
    [Fact]
    public void Keys_are_told_apart_by_their_bytes_when_all_hashes_are_equal()
    {
        SeriesKeyTable table = new(new NativeHeap(null));
        const ulong Hash = 0xDEAD_BEEF_0000_0001;
        for (uint i = 0; i < 2_000; i++)
        {
            table.Add(KeyOf(i), Hash, new SeriesId(i));
        }

        for (uint i = 0; i < 2_000; i++)
        {
            Assert.True(table.TryFind(KeyOf(i), Hash, out SeriesId series));
            Assert.Equal(i, series.Value);
        }

        Assert.False(table.TryFind(KeyOf(2_000), Hash, out _));
    }

    [Fact]
    public void Colliding_keys_beyond_what_a_split_can_part_are_still_found()
    {
        // More than a partition holds before it is split, all with the same half of the hash that is kept.
        SeriesKeyTable table = new(new NativeHeap(null));
        const int Count = 14_000;
        for (uint i = 0; i < Count; i++)
        {
            table.Add(KeyOf(i), i, new SeriesId(i));
        }

        foreach (uint i in new uint[] { 0, 1, 6_999, Count - 1 })
        {
            Assert.True(table.TryFind(KeyOf(i), i, out SeriesId series));
            Assert.Equal(i, series.Value);
        }

        Assert.False(table.TryFind(KeyOf(Count), Count, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_keys_are_found_as_in_a_dictionary_across_splits(int seed)
    {
        Random random = new(seed);
        NativeHeap memory = new(null);
        SeriesKeyTable table = new(memory);
        Dictionary<string, uint> expected = [];
        for (uint i = 0; i < 120_000; i++)
        {
            byte[] key = new byte[random.Next(1, 40)];
            random.NextBytes(key);
            string text = Convert.ToHexString(key);
            bool isKnown = expected.TryGetValue(text, out uint known);
            ulong hash = KeyHash.Compute(key);
            Assert.Equal(isKnown, table.TryFind(key, hash, out SeriesId series));
            Assert.Equal(known, series.Value);
            if (!isKnown)
            {
                table.Add(key, hash, new SeriesId(i));
                expected.Add(text, i);
            }
        }

        Assert.Equal(expected.Count, table.Count);
        foreach ((string text, uint id) in expected)
        {
            byte[] key = Convert.FromHexString(text);
            ulong hash = KeyHash.Compute(key);
            table.Prefetch(hash);
            table.PrefetchKey(hash);
            Assert.True(table.TryFind(key, hash, out SeriesId series), $"seed {seed}: {text}");
            Assert.Equal(id, series.Value);
        }
    }

    [Fact]
    public async Task Readers_find_every_published_key_while_a_writer_grows_the_table()
    {
        SeriesKeyTable table = new(new NativeHeap(null));
        const uint Count = 200_000;
        uint published = 0;
        Task[] readers = new Task[3];
        for (int r = 0; r < readers.Length; r++)
        {
            int seed = r;
            readers[r] = Task.Run(
                () => Read(table, seed, Count, ref published), TestContext.Current.CancellationToken);
        }

        for (uint i = 0; i < Count; i++)
        {
            byte[] key = KeyOf(i);
            table.Add(key, KeyHash.Compute(key), new SeriesId(i));
            Volatile.Write(ref published, i + 1);
        }

        await Task.WhenAll(readers);
    }

    [Fact]
    public void Memory_is_charged_while_open_and_given_back_at_close()
    {
        using MemoryAccount account = MemoryAccount.CreateRoot("test", long.MaxValue);
        NativeHeap memory = new(account);
        SeriesKeyTable table = new(memory);
        for (uint i = 0; i < 50_000; i++)
        {
            byte[] key = KeyOf(i);
            table.Add(key, KeyHash.Compute(key), new SeriesId(i));
        }

        Assert.True(account.UsedBytes >= table.TextSizeBytes + (50_000 * 16));
        memory.Close();
        Assert.Equal(0, account.UsedBytes);

        // What is left to the collector must not be given back twice.
        GC.KeepAlive(table);
        table = null!;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(0, account.UsedBytes);
    }

    [Fact]
    public void Keys_of_any_length_up_to_the_limit_are_kept()
    {
        SeriesKeyTable table = new(new NativeHeap(null));
        int[] sizes = [1, 7, 8, 9, 4_095, 4_096, 4_097, 1 << 19, SeriesKeyTable.KeySizeBytesMax];
        foreach (int size in sizes)
        {
            byte[] key = new byte[size];
            key.AsSpan().Fill((byte)size);
            table.Add(key, KeyHash.Compute(key), new SeriesId((uint)size));
        }

        foreach (int size in sizes)
        {
            byte[] key = new byte[size];
            key.AsSpan().Fill((byte)size);
            Assert.True(table.TryFind(key, KeyHash.Compute(key), out SeriesId series));
            Assert.Equal((uint)size, series.Value);
        }
    }

    private static void Read(SeriesKeyTable table, int seed, uint count, ref uint published)
    {
        Random random = new(seed);
        while (true)
        {
            uint limit = Volatile.Read(ref published);
            for (int i = 0; i < 64 && limit > 0; i++)
            {
                uint id = (uint)random.Next((int)limit);
                byte[] key = KeyOf(id);
                Assert.True(table.TryFind(key, KeyHash.Compute(key), out SeriesId series));
                Assert.Equal(id, series.Value);
            }

            if (limit == count)
            {
                return;
            }
        }
    }

    private static byte[] KeyOf(uint id) => Encoding.UTF8.GetBytes($"cpu,host=h{id},region=eu");
}
