using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Native memory in 64-bit words, handed out in order and given back all at once. A place in it is a 32-bit
/// word
/// reference; 0 is no place.
/// </summary>
/// <remarks>
/// One thread allocates; any thread may read what was published to it. Whoever reads keeps the arena from
/// being
/// disposed (the memtable's reference count).
/// </remarks>
internal sealed unsafe class Arena : IDisposable
{
    /// <summary>Largest run of words that one allocation can have.</summary>
    public const int WordCountMax = SlabWordCount;

    private const int SlabShift = 18;
    private const int SlabWordCount = 1 << SlabShift;
    private const int SlabCountMax = 1 << (32 - SlabShift);

    private nint[] _slabs = new nint[16];
    private int _slabCount;

    // Word 0 of slab 0 is never handed out, so that 0 can mean "none".
    private int _usedWordCount = SlabWordCount;

    /// <summary>Bytes taken from the system.</summary>
    public long SizeBytes => (long)_slabCount * SlabWordCount * sizeof(ulong);

    /// <summary>Hands out a run of words, content undefined.</summary>
    public uint Allocate(int wordCount)
    {
        Invariant.Holds(wordCount > 0 && wordCount <= WordCountMax - 1);
        if (_usedWordCount + wordCount > SlabWordCount)
        {
            AddSlab();
        }

        uint reference = ((uint)(_slabCount - 1) << SlabShift) | (uint)_usedWordCount;
        _usedWordCount += wordCount;
        return reference;
    }

    /// <summary>The words of an allocation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<ulong> Words(uint reference, int wordCount)
    {
        // The reference came from Allocate with at least this many words, so the run lies within one slab.
        ulong* slab = (ulong*)Volatile.Read(ref _slabs)[reference >> SlabShift];
        return new Span<ulong>(slab + (reference & (SlabWordCount - 1)), wordCount);
    }

    public void Dispose()
    {
        for (int i = 0; i < _slabCount; i++)
        {
            NativeMemory.Free((void*)_slabs[i]);
        }

        _slabs = [];
        _slabCount = 0;
        GC.SuppressFinalize(this);
    }

    ~Arena() => Dispose();

    private void AddSlab()
    {
        Invariant.Holds(_slabCount < SlabCountMax);
        nint[] slabs = _slabs;
        if (_slabCount == slabs.Length)
        {
            Array.Resize(ref slabs, slabs.Length * 2);
        }

        slabs[_slabCount] = (nint)NativeMemory.Alloc(SlabWordCount, sizeof(ulong));
        Volatile.Write(ref _slabs, slabs);
        _slabCount++;
        _usedWordCount = _slabCount == 1 ? 1 : 0;
    }
}
