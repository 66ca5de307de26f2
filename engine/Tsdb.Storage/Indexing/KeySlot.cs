using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// One spelling of a series key: the hash's upper half and the series in one word, where the text lies in the
/// other.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct KeySlot(uint hash, uint series, NativeText text) : IHashSlot<KeySlot>
{
    private ulong _hashAndSeries = ((ulong)hash << 32) | series;
    private ulong _text = text.Packed;

    public readonly uint Hash => (uint)(_hashAndSeries >> 32);

    public readonly uint Series => (uint)_hashAndSeries;

    public readonly NativeText Text => NativeText.FromPacked(_text);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsEmpty(ref KeySlot slot) => Volatile.Read(ref slot._text) == 0;

    public static uint HashOf(in KeySlot slot) => slot.Hash;

    public static void Publish(ref KeySlot target, in KeySlot source)
    {
        // The text last: who sees it sees the rest.
        target._hashAndSeries = source._hashAndSeries;
        Volatile.Write(ref target._text, source._text);
    }
}
