using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tsdb.Storage.Indexing;

/// <summary>Set operations on bits, 256 of them at a time; the lengths are multiples of four words.</summary>
internal static class WordOperations
{
    public static void And(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        Span<Vector256<ulong>> targets = MemoryMarshal.Cast<ulong, Vector256<ulong>>(target);
        ReadOnlySpan<Vector256<ulong>> others = MemoryMarshal.Cast<ulong, Vector256<ulong>>(other);
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] &= others[i];
        }
    }

    public static void Or(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        Span<Vector256<ulong>> targets = MemoryMarshal.Cast<ulong, Vector256<ulong>>(target);
        ReadOnlySpan<Vector256<ulong>> others = MemoryMarshal.Cast<ulong, Vector256<ulong>>(other);
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] |= others[i];
        }
    }

    public static void AndNot(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        Span<Vector256<ulong>> targets = MemoryMarshal.Cast<ulong, Vector256<ulong>>(target);
        ReadOnlySpan<Vector256<ulong>> others = MemoryMarshal.Cast<ulong, Vector256<ulong>>(other);
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = Vector256.AndNot(targets[i], others[i]);
        }
    }

    /// <summary>
    /// Sets the bits from <paramref name="first"/> to <paramref name="last"/>, both included.
    /// </summary>
    public static void Fill(Span<ulong> target, int first, int last)
    {
        int firstWord = first / 64;
        int lastWord = last / 64;
        ulong head = ulong.MaxValue << (first % 64);
        ulong tail = ulong.MaxValue >> (63 - (last % 64));
        if (firstWord == lastWord)
        {
            target[firstWord] |= head & tail;
            return;
        }

        target[firstWord] |= head;
        target[(firstWord + 1)..lastWord].Fill(ulong.MaxValue);
        target[lastWord] |= tail;
    }
}
