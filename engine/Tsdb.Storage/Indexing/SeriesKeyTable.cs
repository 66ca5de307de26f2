using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// From series key bytes as sent to the series: open addressing on (64-bit hash, all bytes compared). One
/// series
/// may be found under several spellings (tag order, escapes).
/// </summary>
/// <remarks>Look-ups take no lock and allocate nothing; one thread at a time adds (the catalog's
/// lock).</remarks>
internal sealed class SeriesKeyTable
{
    private const int SlabSizeBytes = 1 << 20;
    private const double LoadFactorMax = 0.6;

    private readonly List<byte[]> _slabs = [];
    private Entry[] _entries = new Entry[1024];
    private byte[][] _publishedSlabs = [];
    private int _slabUsedBytes = SlabSizeBytes;

    /// <summary>Keys in the table, spellings counted apart.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes held by keys and slots.</summary>
    public long SizeBytes => ((long)_slabs.Count * SlabSizeBytes) + (_entries.Length * 32L);

    public bool TryFind(ReadOnlySpan<byte> key, ulong hash, out SeriesId series)
    {
        hash = NeverZero(hash);
        Entry[] entries = Volatile.Read(ref _entries);
        int mask = entries.Length - 1;
        for (int slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            ref Entry entry = ref entries[slot];
            ulong found = Volatile.Read(ref entry.Hash);
            if (found == 0)
            {
                series = default;
                return false;
            }

            if (found == hash && KeyOf(in entry).SequenceEqual(key))
            {
                series = new SeriesId(entry.Series);
                return true;
            }
        }
    }

    /// <summary>Adds a spelling that is not there yet.</summary>
    public void Add(ReadOnlySpan<byte> key, ulong hash, SeriesId series)
    {
        if (Count + 1 > _entries.Length * LoadFactorMax)
        {
            Grow();
        }

        (int slab, int offsetBytes) = Store(key);
        Insert(_entries, new Entry
        {
            Hash = NeverZero(hash),
            Slab = slab,
            OffsetBytes = offsetBytes,
            SizeBytes = key.Length,
            Series = series.Value,
        });
        Count++;
    }

    private static ulong NeverZero(ulong hash) => hash == 0 ? 1 : hash;

    private static void Insert(Entry[] entries, in Entry entry)
    {
        int mask = entries.Length - 1;
        int slot = (int)entry.Hash & mask;
        while (entries[slot].Hash != 0)
        {
            slot = (slot + 1) & mask;
        }

        ref Entry target = ref entries[slot];
        target.Slab = entry.Slab;
        target.OffsetBytes = entry.OffsetBytes;
        target.SizeBytes = entry.SizeBytes;
        target.Series = entry.Series;

        // The hash last: a reader that sees it sees the rest.
        Volatile.Write(ref target.Hash, entry.Hash);
    }

    private ReadOnlySpan<byte> KeyOf(in Entry entry) =>
        Volatile.Read(ref _publishedSlabs)[entry.Slab].AsSpan(entry.OffsetBytes, entry.SizeBytes);

    private (int Slab, int OffsetBytes) Store(ReadOnlySpan<byte> key)
    {
        if (_slabUsedBytes + key.Length > SlabSizeBytes)
        {
            _slabs.Add(new byte[Math.Max(SlabSizeBytes, key.Length)]);
            Volatile.Write(ref _publishedSlabs, [.. _slabs]);
            _slabUsedBytes = 0;
        }

        int offsetBytes = _slabUsedBytes;
        key.CopyTo(_slabs[^1].AsSpan(offsetBytes));
        _slabUsedBytes += key.Length;
        return (_slabs.Count - 1, offsetBytes);
    }

    private void Grow()
    {
        Entry[] larger = new Entry[_entries.Length * 2];
        foreach (ref readonly Entry entry in _entries.AsSpan())
        {
            if (entry.Hash != 0)
            {
                Insert(larger, in entry);
            }
        }

        Volatile.Write(ref _entries, larger);
    }

    private struct Entry
    {
        public ulong Hash;
        public int Slab;
        public int OffsetBytes;
        public int SizeBytes;
        public uint Series;
    }
}
