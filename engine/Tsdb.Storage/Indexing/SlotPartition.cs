using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// The entries of a <see cref="SlotTable{TSlot}"/> whose hashes begin alike: open addressing, a power of
/// two of slots, at most three quarters of them full.
/// </summary>
internal sealed unsafe class SlotPartition<TSlot>
    where TSlot : unmanaged, IHashSlot<TSlot>
{
    private readonly NativeBlock _block;
    private readonly TSlot* _slots;
    private readonly uint _mask;

    /// <param name="memory">Where the slots lie.</param>
    /// <param name="slotCount">A power of two.</param>
    /// <param name="depth">How many leading bits of the hash its entries share.</param>
    public SlotPartition(NativeHeap memory, int slotCount, int depth)
    {
        Invariant.Holds(int.IsPow2(slotCount));
        _block = memory.Allocate((long)slotCount * sizeof(TSlot));
        _slots = (TSlot*)_block.Start;
        _mask = (uint)slotCount - 1;
        Depth = depth;
    }

    public int Depth { get; }

    public int Count { get; private set; }

    public int SlotCount => (int)_mask + 1;

    public bool IsFull => Count >= (SlotCount / 4 * 3);

    /// <summary>The slot where a search for a hash begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Home(uint hash) => hash & _mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Next(uint index) => (index + 1) & _mask;

    /// <summary>A slot. The caller keeps the partition reachable while it holds the reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TSlot At(uint index) => ref _slots[index & _mask];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_slots + Home(hash));
        }
    }

    public void Add(in TSlot entry)
    {
        Invariant.Holds(Count < SlotCount - 1);
        uint index = Home(TSlot.HashOf(in entry));
        while (!TSlot.IsEmpty(ref At(index)))
        {
            index = Next(index);
        }

        TSlot.Publish(ref At(index), in entry);
        Count++;
        GC.KeepAlive(this);
    }
}
