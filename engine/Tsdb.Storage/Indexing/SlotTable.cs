using System.Numerics;
using System.Runtime.CompilerServices;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// Extendible hashing (Fagin et al. 1979): a directory, by the hash's leading bits, of small
/// open-addressing tables. A full one doubles until it is large and is then split in two; so no addition
/// ever moves more than
/// <see cref="SplitSlotCount"/> entries, and the others are not held up.
/// </summary>
/// <remarks>
/// One writer at a time. Readers take no lock: an entry is written once, a table that was replaced stays as
/// it was for those who still look at it. They may miss an entry that is being added, never see half of
/// one.
/// </remarks>
internal sealed class SlotTable<TSlot>
    where TSlot : unmanaged, IHashSlot<TSlot>
{
    private const int FirstSlotCount = 16;
    private const int SplitSlotCount = 1 << 14;
    private const int DepthMax = 12;

    private readonly NativeHeap _memory;
    private SlotPartition<TSlot>[] _directory;

    public SlotTable(NativeHeap memory)
    {
        _memory = memory;
        _directory = [new SlotPartition<TSlot>(memory, FirstSlotCount, depth: 0)];
    }

    public int Count { get; private set; }

    /// <summary>The partition where entries of that hash are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SlotPartition<TSlot> Open(uint hash)
    {
        SlotPartition<TSlot>[] directory = Volatile.Read(ref _directory);
        return directory[IndexIn(directory, hash)];
    }

    public void Add(in TSlot entry)
    {
        uint hash = TSlot.HashOf(in entry);
        SlotPartition<TSlot> partition = Open(hash);
        while (partition.IsFull)
        {
            Grow(partition, hash);
            partition = Open(hash);
        }

        partition.Add(in entry);
        Count++;
    }

    /// <summary>Forgets some entries; O(entries). Readers under way may still meet them.</summary>
    public void Remove(Func<TSlot, bool> isRemoved)
    {
        SlotPartition<TSlot>[] directory = _directory;
        Count = 0;
        for (int first = 0; first < directory.Length;)
        {
            SlotPartition<TSlot> partition = directory[first];
            SlotPartition<TSlot> kept = new(_memory, partition.SlotCount, partition.Depth);
            for (uint i = 0; i < (uint)partition.SlotCount; i++)
            {
                ref TSlot entry = ref partition.At(i);
                if (!TSlot.IsEmpty(ref entry) && !isRemoved(entry))
                {
                    kept.Add(in entry);
                }
            }

            GC.KeepAlive(partition);
            Count += kept.Count;
            for (int end = first + (directory.Length >> partition.Depth); first < end; first++)
            {
                Volatile.Write(ref directory[first], kept);
            }
        }
    }

    // The product's upper half: the leading bits, as many as the directory's length (a power of two) has.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexIn(SlotPartition<TSlot>[] directory, uint hash) =>
        (int)(((ulong)hash * (uint)directory.Length) >> 32);

    private void Grow(SlotPartition<TSlot> partition, uint hash)
    {
        if (partition.SlotCount < SplitSlotCount || !CanSplit(partition))
        {
            SlotPartition<TSlot> larger = new(_memory, checked(partition.SlotCount * 2), partition.Depth);
            Move(partition, larger, larger, bit: 0);
            Replace(hash, partition, larger, larger);
            return;
        }

        int depth = partition.Depth + 1;
        SlotPartition<TSlot> lower = new(_memory, SplitSlotCount, depth);
        SlotPartition<TSlot> upper = new(_memory, SplitSlotCount, depth);
        Move(partition, lower, upper, 1U << (32 - depth));
        Replace(hash, partition, lower, upper);
    }

    // Hashes that are all alike in the next bit, as somebody might choose them, are not parted by a split.
    private static bool CanSplit(SlotPartition<TSlot> partition)
    {
        uint bit = 1U << (31 - partition.Depth);
        int upperCount = 0;
        for (uint i = 0; i < (uint)partition.SlotCount; i++)
        {
            ref TSlot entry = ref partition.At(i);
            upperCount += !TSlot.IsEmpty(ref entry) && (TSlot.HashOf(in entry) & bit) != 0 ? 1 : 0;
        }

        GC.KeepAlive(partition);
        return partition.Depth < DepthMax && upperCount > 0 && upperCount < partition.Count;
    }

    private static void Move(
        SlotPartition<TSlot> source, SlotPartition<TSlot> lower, SlotPartition<TSlot> upper, uint bit)
    {
        for (uint i = 0; i < (uint)source.SlotCount; i++)
        {
            ref TSlot entry = ref source.At(i);
            if (!TSlot.IsEmpty(ref entry))
            {
                ((TSlot.HashOf(in entry) & bit) == 0 ? lower : upper).Add(in entry);
            }
        }

        GC.KeepAlive(source);
    }

    /// <summary>Puts the halves into every place of the directory that the replaced partition had.</summary>
    private void Replace(
        uint hash, SlotPartition<TSlot> replaced, SlotPartition<TSlot> lower, SlotPartition<TSlot> upper)
    {
        SlotPartition<TSlot>[] directory = _directory;
        if (lower.Depth > BitOperations.Log2((uint)directory.Length))
        {
            SlotPartition<TSlot>[] larger = new SlotPartition<TSlot>[directory.Length * 2];
            for (int i = 0; i < larger.Length; i++)
            {
                larger[i] = directory[i / 2];
            }

            directory = larger;
        }

        int placeCount = directory.Length >> replaced.Depth;
        int first = IndexIn(directory, hash) & -placeCount;
        for (int i = 0; i < placeCount; i++)
        {
            Invariant.Holds(directory[first + i] == replaced);
            Volatile.Write(ref directory[first + i], i < placeCount / 2 ? lower : upper);
        }

        Volatile.Write(ref _directory, directory);
    }
}
