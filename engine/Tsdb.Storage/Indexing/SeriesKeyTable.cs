using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// From series key bytes as sent to the series: 16-byte slots on the 64-bit hash, all bytes compared. One
/// series may be found under several spellings (tag order, escapes).
/// </summary>
/// <remarks>
/// Look-ups take no lock and allocate nothing; one thread at a time adds (the catalog's lock). A key that
/// comes where it came last time is compared at once (<see cref="KeyOrder"/>), without a hash. Else a look-up
/// of a known key is two misses of the cache, the slot and the text: whoever has many keys calls
/// <see cref="Prefetch(ulong)"/> for all, then <see cref="PrefetchKey"/> for all, then <see cref="TryFind"/>.
/// </remarks>
internal sealed unsafe class SeriesKeyTable(NativeHeap memory) : ISeriesKeys
{
    /// <summary>Longer spellings are not kept.</summary>
    public const int KeySizeBytesMax = NativeText.SizeBytesMax;

    private const int LineSizeBytes = 64;

    // With fewer keys, slots and texts stay in the caches and fetching ahead only costs. In the server, where
    // texts and columns pass through the same caches, 4,000 keys already gain by it (workload A, profiled).
    private const int PrefetchedKeyCountMin = 1_000;

    // Lines of a key that are fetched ahead; from there on the processor runs ahead by itself.
    private const int PrefetchSizeBytesMax = 4 * LineSizeBytes;

    // Keys that are looked up together.
    private const int HashedKeyCountMax = 32;

    private readonly SlotTable<KeySlot> _slots = new(memory);
    private readonly TextHeap _texts = new(memory);
    private readonly KeyOrder _order = new(memory);
    private long _version;

    /// <inheritdoc />
    public long Version => Volatile.Read(ref _version);

    /// <summary>Keys in the table, spellings counted apart.</summary>
    public int Count => _slots.Count;

    /// <summary>Bytes that the keys' texts take.</summary>
    public long TextSizeBytes => _texts.SizeBytes;

    /// <summary>Fetches the slot where a search begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        uint upper = UpperHalf(hash);
        SlotPartition<KeySlot> partition = _slots.Open(upper);
        partition.Prefetch(upper);
        GC.KeepAlive(partition);
    }

    /// <summary>Fetches the text that a search will compare; the slot should be there by now.</summary>
    public void PrefetchKey(ulong hash)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        uint upper = UpperHalf(hash);
        SlotPartition<KeySlot> partition = _slots.Open(upper);
        for (uint index = partition.Home(upper); ; index = partition.Next(index))
        {
            ref KeySlot slot = ref partition.At(index);
            if (KeySlot.IsEmpty(ref slot))
            {
                break;
            }

            if (slot.Hash == upper)
            {
                Prefetch(slot.Text);
                break;
            }
        }

        GC.KeepAlive(partition);
    }

    public bool TryFind(ReadOnlySpan<byte> key, ulong hash, out SeriesId series)
    {
        uint upper = UpperHalf(hash);
        SlotPartition<KeySlot> partition = _slots.Open(upper);
        bool isFound = false;
        series = default;
        for (uint index = partition.Home(upper); ; index = partition.Next(index))
        {
            ref KeySlot slot = ref partition.At(index);
            if (KeySlot.IsEmpty(ref slot))
            {
                break;
            }

            if (slot.Hash == upper && slot.Text.Is(key))
            {
                series = new SeriesId(slot.Series);
                isFound = true;
                break;
            }
        }

        GC.KeepAlive(partition);
        GC.KeepAlive(this);
        return isFound;
    }

    /// <inheritdoc />
    public void Find(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<int> lengths,
        uint previous,
        Span<uint> seriesIds)
    {
        int found = FindExpected(text, offsets, lengths, previous, seriesIds);
        Span<ulong> hashes = stackalloc ulong[HashedKeyCountMax];
        while (found < seriesIds.Length)
        {
            int count = Math.Min(HashedKeyCountMax, seriesIds.Length - found);
            FindByHash(
                text,
                offsets.Slice(found, count),
                lengths.Slice(found, count),
                hashes[..count],
                seriesIds.Slice(found, count));
            for (int i = found; i < found + count; i++)
            {
                uint before = i == 0 ? previous : seriesIds[i - 1];
                if (before != ISeriesKeys.Unknown && seriesIds[i] != ISeriesKeys.Unknown)
                {
                    _order.Learn(before, seriesIds[i]);
                }
            }

            found += count;
        }

        GC.KeepAlive(this);
    }

    /// <summary>Adds a spelling that is not there yet.</summary>
    public void Add(ReadOnlySpan<byte> key, ulong hash, SeriesId series)
    {
        Invariant.Holds(key.Length is > 0 and <= KeySizeBytesMax);
        NativeText text = _texts.Add(key);
        _slots.Add(new KeySlot(UpperHalf(hash), series.Value, text));
        _order.Add(series.Value, text);
    }

    /// <summary>Forgets every spelling of some series; O(keys). The texts stay until a restart.</summary>
    public void Remove(Func<SeriesId, bool> isRemoved)
    {
        _slots.Remove(slot => isRemoved(new SeriesId(slot.Series)));
        _order.Remove(isRemoved);

        // Last: what was found under the new number is what is left.
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Finds the keys that come in the order of last time; returns how many, from the first
    /// on.</summary>
    private int FindExpected(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<int> lengths,
        uint previous,
        Span<uint> seriesIds)
    {
        // A sender in no order pays for one wrong guess.
        uint series = previous;
        int expectedCount = 0;
        while (expectedCount < seriesIds.Length && _order.TryFindNext(series, out series, out NativeText key))
        {
            Prefetch(key);
            if (expectedCount == 0 && !key.Is(text.Slice(offsets[0], lengths[0])))
            {
                return 0;
            }

            seriesIds[expectedCount++] = series;
        }

        for (int i = 1; i < expectedCount; i++)
        {
            if (!_order.TryFindText(seriesIds[i], out NativeText key)
                || !key.Is(text.Slice(offsets[i], lengths[i])))
            {
                return i;
            }
        }

        return expectedCount;
    }

    private void FindByHash(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<int> lengths,
        Span<ulong> hashes,
        Span<uint> seriesIds)
    {
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = KeyHash.Compute(text.Slice(offsets[i], lengths[i]));
        }

        if (Count >= PrefetchedKeyCountMin && hashes.Length > 1)
        {
            foreach (ulong hash in hashes)
            {
                Prefetch(hash);
            }

            foreach (ulong hash in hashes)
            {
                PrefetchKey(hash);
            }
        }

        for (int i = 0; i < seriesIds.Length; i++)
        {
            seriesIds[i] = TryFind(text.Slice(offsets[i], lengths[i]), hashes[i], out SeriesId series)
                ? series.Value
                : ISeriesKeys.Unknown;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(NativeText text)
    {
        if (Sse.IsSupported)
        {
            byte* end = text.Start + Math.Min(text.SizeBytes, PrefetchSizeBytesMax);
            for (byte* line = text.Start; line < end; line += LineSizeBytes)
            {
                Sse.Prefetch0(line);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint UpperHalf(ulong hash) => (uint)(hash >> 32);
}
