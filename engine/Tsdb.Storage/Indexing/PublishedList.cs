using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// An append-only list with one writer at a time and any number of readers without locks: a reader that has
/// seen
/// a count may read every item below it.
/// </summary>
internal sealed class PublishedList<T>
{
    private T[] _items = [];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The items that are there now; a stable view, for the array behind it is never changed below
    /// the count.</summary>
    public ReadOnlySpan<T> Items
    {
        get
        {
            // The count first: the array read after it is at least as new, so it holds that many items.
            int count = Count;
            return Volatile.Read(ref _items).AsSpan(0, count);
        }
    }

    public T this[int index]
    {
        get
        {
            Invariant.Holds((uint)index < (uint)Count);
            return Volatile.Read(ref _items)[index];
        }
    }

    public void Add(T item)
    {
        T[] items = _items;
        if (_count == items.Length)
        {
            Array.Resize(ref items, Math.Max(4, items.Length * 2));
            Volatile.Write(ref _items, items);
        }

        items[_count] = item;
        Volatile.Write(ref _count, _count + 1);
    }
}
