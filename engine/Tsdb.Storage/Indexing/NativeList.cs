using System.Runtime.CompilerServices;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// An append-only list in native memory with one writer at a time and any number of readers without locks: a
/// reader that has seen a count may read every item below it.
/// </summary>
internal sealed unsafe class NativeList<T>(NativeHeap memory)
    where T : unmanaged
{
    private const int BlockShift = 13;
    private const int BlockItemCount = 1 << BlockShift;
    private const int FirstItemCount = 16;

    // All but the last block are full; the first is small as long as it is the only one.
    private NativeBlock[] _blocks = [];
    private int _blockCount;
    private long _capacity;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // The count first: the blocks read after it are at least as new, so they hold that many items.
            Invariant.Holds((uint)index < (uint)Count);
            NativeBlock block = Volatile.Read(ref _blocks)[index >> BlockShift];
            T item = ((T*)block.Start)[index & (BlockItemCount - 1)];
            GC.KeepAlive(block);
            return item;
        }
    }

    public void Add(T item)
    {
        if (_count == _capacity)
        {
            Grow();
        }

        NativeBlock block = _blocks[_count >> BlockShift];
        ((T*)block.Start)[_count & (BlockItemCount - 1)] = item;
        Volatile.Write(ref _count, _count + 1);
    }

    private void Grow()
    {
        if (_capacity is 0 or >= BlockItemCount)
        {
            bool isFirst = _capacity == 0;
            NativeBlock[] blocks = _blocks;
            if (_blockCount == blocks.Length)
            {
                Array.Resize(ref blocks, Math.Max(1, blocks.Length * 2));
            }

            int itemCount = isFirst ? FirstItemCount : BlockItemCount;
            blocks[_blockCount++] = memory.Allocate((long)itemCount * sizeof(T));
            _capacity += itemCount;
            Volatile.Write(ref _blocks, blocks);
            return;
        }

        NativeBlock small = _blocks[0];
        NativeBlock large = memory.Allocate(small.SizeBytes * 2);
        Buffer.MemoryCopy(small.Start, large.Start, large.SizeBytes, small.SizeBytes);
        _capacity *= 2;
        Volatile.Write(ref _blocks, [large]);
        GC.KeepAlive(small);
    }
}
