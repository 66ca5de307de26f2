namespace Tsdb.Storage.Indexing;

/// <summary>
/// One entry of a <see cref="SlotTable{TSlot}"/>: written once, read without locks. All zero is an empty
/// slot.
/// </summary>
internal interface IHashSlot<TSlot>
    where TSlot : unmanaged, IHashSlot<TSlot>
{
    /// <summary>Whether nothing is there; what follows in the program's order sees the whole entry.</summary>
    static abstract bool IsEmpty(ref TSlot slot);

    /// <summary>The part of the hash that the entry keeps; it says where the entry belongs.</summary>
    static abstract uint HashOf(in TSlot slot);

    /// <summary>Fills an empty slot so that a reader sees all of it or nothing.</summary>
    static abstract void Publish(ref TSlot target, in TSlot source);
}
