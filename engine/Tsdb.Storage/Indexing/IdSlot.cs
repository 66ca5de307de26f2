using System.Runtime.CompilerServices;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// The id of something whose hash it carries; what it is must be compared elsewhere. One word.
/// </summary>
internal struct IdSlot(uint hash, uint id) : IHashSlot<IdSlot>
{
    // The id is kept plus one, so that no entry is zero.
    private ulong _packed = ((ulong)hash << 32) | (id + 1UL);

    public readonly uint Hash => (uint)(_packed >> 32);

    public readonly uint Id => (uint)_packed - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsEmpty(ref IdSlot slot) => Volatile.Read(ref slot._packed) == 0;

    public static uint HashOf(in IdSlot slot) => slot.Hash;

    public static void Publish(ref IdSlot target, in IdSlot source) =>
        Volatile.Write(ref target._packed, source._packed);
}
