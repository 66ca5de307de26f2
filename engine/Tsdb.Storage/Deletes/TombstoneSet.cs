using Tsdb.Core;

namespace Tsdb.Storage.Deletes;

/// <summary>The deletes that are not carried out everywhere yet, by LSN. Immutable.</summary>
internal sealed class TombstoneSet
{
    private readonly Tombstone[] _items;

    private TombstoneSet(Tombstone[] items) => _items = items;

    public static TombstoneSet Empty { get; } = new([]);

    public bool IsEmpty => _items.Length == 0;

    public int Count => _items.Length;

    /// <summary>Ascending by LSN.</summary>
    public ReadOnlySpan<Tombstone> Items => _items;

    /// <summary>LSN of the last delete; 0 when there is none.</summary>
    public ulong LastLsn => _items.Length == 0 ? 0 : _items[^1].Lsn;

    public static TombstoneSet From(IEnumerable<Tombstone> items) => new([.. items]);

    /// <summary>The set with a later delete. One that it says again, and more, is left out.</summary>
    public TombstoneSet With(Tombstone added)
    {
        Invariant.Holds(added.Lsn > LastLsn);
        return new TombstoneSet([.. _items.Where(item => !IsRepeated(item, added)), added]);
    }

    public bool Contains(ulong lsn) => Array.Exists(_items, item => item.Lsn == lsn);

    public TombstoneSet Without(ulong lsn) => new([.. _items.Where(item => item.Lsn != lsn)]);

    /// <summary>Those that the later one makes needless: the same rows, and it reaches further in the
    /// log.</summary>
    public IEnumerable<Tombstone> FindRepeated(Tombstone added) =>
        _items.Where(item => IsRepeated(item, added));

    private static bool IsRepeated(Tombstone item, Tombstone added) =>
        item.TableId == added.TableId
        && added.Range.FromNs <= item.Range.FromNs
        && added.Range.ToNs >= item.Range.ToNs
        && (added.Series is null
            || (item.Series is not null && added.Series.AsSpan().SequenceEqual(item.Series)));
}
