using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// For each series the spelling under which it was first sent, and which series came behind it last time:
/// senders go through their series in an order that they keep. Only ever a guess, which the bytes must bear
/// out.
/// </summary>
/// <remarks>
/// One thread at a time adds (the catalog's lock); any thread asks and learns, without locks. A text is
/// written once, in one word, so it is always the series' own; of two who learn at once one is believed.
/// </remarks>
internal sealed unsafe class KeyOrder(NativeHeap memory)
{
    private const int BlockShift = 12;
    private const int BlockItemCount = 1 << BlockShift;

    private NativeBlock?[] _blocks = [];

    /// <summary>Keeps the first spelling of a series; later ones are left out.</summary>
    public void Add(uint series, NativeText text)
    {
        int block = (int)(series >> BlockShift);
        if (block >= _blocks.Length)
        {
            NativeBlock?[] larger = _blocks;
            Array.Resize(ref larger, Math.Max(block + 1, larger.Length * 2));
            Volatile.Write(ref _blocks, larger);
        }

        if (_blocks[block] is null)
        {
            Volatile.Write(ref _blocks[block], memory.Allocate((long)BlockItemCount * sizeof(Item)));
        }

        Item* item = Find(series);
        if (item->Text == 0)
        {
            Volatile.Write(ref item->Text, text.Packed);
        }
    }

    /// <summary>Notes that a series came behind another.</summary>
    public void Learn(uint series, uint next)
    {
        Item* item = Find(series);
        if (item is not null && item->NextPlusOne != next + 1)
        {
            item->NextPlusOne = next + 1;
        }
    }

    /// <summary>The series that came behind one last time, and its text; false when that is not
    /// known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFindNext(uint series, out uint next, out NativeText text)
    {
        Item* item = Find(series);
        next = item is null ? ISeriesKeys.Unknown : unchecked(item->NextPlusOne - 1);
        return TryFindText(next, out text);
    }

    /// <summary>A series' first spelling; false when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFindText(uint series, out NativeText text)
    {
        Item* item = Find(series);
        text = NativeText.FromPacked(item is null ? 0 : Volatile.Read(ref item->Text));
        return text.Packed != 0;
    }

    /// <summary>Forgets some series; O(series).</summary>
    public void Remove(Func<SeriesId, bool> isRemoved)
    {
        for (int block = 0; block < _blocks.Length; block++)
        {
            for (int i = 0; _blocks[block] is not null && i < BlockItemCount; i++)
            {
                uint series = (uint)((block << BlockShift) + i);
                Item* item = Find(series);
                if (item->Text != 0 && isRemoved(new SeriesId(series)))
                {
                    Volatile.Write(ref item->Text, 0);
                }
            }
        }
    }

    // Blocks are never replaced: they live as long as this does, which the caller holds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Item* Find(uint series)
    {
        NativeBlock?[] blocks = Volatile.Read(ref _blocks);
        uint block = series >> BlockShift;
        return block < (uint)blocks.Length && Volatile.Read(ref blocks[block]) is { } found
            ? (Item*)found.Start + (series & (BlockItemCount - 1))
            : null;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Item
    {
        public ulong Text;
        public uint NextPlusOne;
    }
}
