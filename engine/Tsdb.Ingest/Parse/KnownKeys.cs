namespace Tsdb.Ingest.Parse;

/// <summary>
/// Series keys lately found to be well formed, by their hash alone, with the number of their table: a key
/// seen again is not checked again. Four slots to a hash, one cache line; grows while keys displace each
/// other.
/// </summary>
/// <remarks>
/// The hash is 64 bits and seeded per process, so nobody can aim at a collision; should one happen, storage,
/// which compares the bytes, refuses the key.
/// </remarks>
internal sealed class KnownKeys
{
    private const int WayCount = 4;
    private const int CapacityMin = 1 << 10;
    private const int CapacityMax = 1 << 18;

    private Entry[] _entries = new Entry[CapacityMin];
    private int _displacedCount;

    /// <summary>The number of the key's table, or -1 when the key is not known.</summary>
    public int Find(ulong hash)
    {
        foreach (ref readonly Entry entry in GetSet(hash))
        {
            if (entry.Hash == hash)
            {
                return entry.TableNumber - 1;
            }
        }

        return -1;
    }

    /// <summary>Remembers a well-formed key that <see cref="Find"/> did not find.</summary>
    public void Add(ulong hash, int tableNumber)
    {
        Span<Entry> set = GetSet(hash);
        Entry added = new(hash, tableNumber + 1);
        foreach (ref Entry entry in set)
        {
            if (entry.TableNumber == 0)
            {
                entry = added;
                return;
            }
        }

        set[_displacedCount++ % WayCount] = added;
        if (_displacedCount > _entries.Length && _entries.Length < CapacityMax)
        {
            _entries = new Entry[_entries.Length * 4];
            _displacedCount = 0;
        }
    }

    /// <summary>Forgets all keys.</summary>
    public void Clear()
    {
        Array.Clear(_entries);
        _displacedCount = 0;
    }

    private Span<Entry> GetSet(ulong hash) =>
        _entries.AsSpan((int)hash & (_entries.Length - WayCount), WayCount);

    private readonly record struct Entry(ulong Hash, int TableNumber);
}
