using Tsdb.Core;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Hands out words of an <see cref="Arena"/> in order. Each thread that appends has one of its own.
/// </summary>
internal sealed class ArenaCursor(Arena arena)
{
    private const int LineWordCount = 8;

    private uint _next;
    private int _leftWordCount;

    /// <summary>Hands out a run of words, content undefined.</summary>
    public uint Allocate(int wordCount)
    {
        Invariant.Holds(wordCount is > 0 and <= Arena.WordCountMax);
        if (wordCount > _leftWordCount)
        {
            _next = arena.AddSlab(out _leftWordCount);
        }

        uint reference = _next;
        _leftWordCount -= wordCount;
        _next = unchecked(_next + (uint)wordCount); // Behind the last slab there is nothing left to give.
        return reference;
    }

    /// <summary>As <see cref="Allocate"/>, at the start of a cache line.</summary>
    public uint AllocateLine(int wordCount)
    {
        int skipCount = Math.Min((int)(unchecked(0 - _next) & (LineWordCount - 1)), _leftWordCount);
        _leftWordCount -= skipCount;
        _next = unchecked(_next + (uint)skipCount);
        return Allocate(wordCount);
    }
}
