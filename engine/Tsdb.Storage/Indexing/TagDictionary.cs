using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>The distinct values of one tag key: UTF-8 texts, numbered in the order of their coming.</summary>
/// <remarks>One writer at a time (the catalog's lock); readers need no lock.</remarks>
internal sealed class TagDictionary(NativeHeap memory, TextHeap texts)
{
    private readonly NativeList<ulong> _texts = new(memory);
    private readonly SlotTable<IdSlot> _ids = new(memory);

    public int Count => _texts.Count;

    /// <summary>The text of a value. Good as long as this dictionary is reachable.</summary>
    public ReadOnlySpan<byte> this[int id] => NativeText.FromPacked(_texts[id]).Span;

    /// <summary>The id of a value, or -1.</summary>
    public int Find(ReadOnlySpan<byte> text) => Find(text, HashOf(text));

    /// <summary>Takes a value that is not there yet and numbers it.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        int id = _texts.Count;
        _texts.Add(texts.Add(text).Packed);

        // The slot last: who finds the id finds the text.
        _ids.Add(new IdSlot(HashOf(text), (uint)id));
        return id;
    }

    private int Find(ReadOnlySpan<byte> text, uint hash)
    {
        SlotPartition<IdSlot> partition = _ids.Open(hash);
        int found = -1;
        for (uint index = partition.Home(hash); ; index = partition.Next(index))
        {
            ref IdSlot slot = ref partition.At(index);
            if (IdSlot.IsEmpty(ref slot))
            {
                break;
            }

            if (slot.Hash == hash && this[(int)slot.Id].SequenceEqual(text))
            {
                found = (int)slot.Id;
                break;
            }
        }

        GC.KeepAlive(partition);
        GC.KeepAlive(this);
        return found;
    }

    private static uint HashOf(ReadOnlySpan<byte> text) => (uint)(KeyHash.Compute(text) >> 32);
}
