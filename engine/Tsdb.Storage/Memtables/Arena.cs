using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Tsdb.Core;

namespace Tsdb.Storage.Memtables;

/// <summary>
/// Native memory in 64-bit words, handed out by <see cref="ArenaCursor"/>s and given back all at once. A
/// place in it is a 32-bit word reference; 0 is no place.
/// </summary>
/// <remarks>
/// Any thread may take a slab, and may read what was published to it. Whoever reads keeps the arena from
/// being disposed (the memtable's reference count).
/// </remarks>
internal sealed unsafe class Arena(SlabPool pool) : IDisposable
{
    /// <summary>Largest run of words that one allocation can have.</summary>
    public const int WordCountMax = SlabWordCount - LineWordCount;

    private const int SlabShift = 18;
    private const int SlabWordCount = 1 << SlabShift;
    private const int SlabCountMax = 1 << (32 - SlabShift);
    private const int LineWordCount = 8;

    private readonly Lock _gate = new();
    private nint[] _slabs = new nint[16];
    private int _slabCount;

    /// <summary>Bytes taken from the pool.</summary>
    public long SizeBytes => (long)_slabCount * NativeSlab.SizeBytes;

    /// <summary>Bytes that are left before references run out.</summary>
    public long AvailableBytes => (long)(SlabCountMax - _slabCount) * NativeSlab.SizeBytes;

    /// <summary>One slab more; gives its first word, and how many there are.</summary>
    public uint AddSlab(out int wordCount)
    {
        lock (_gate)
        {
            Invariant.Holds(_slabCount < SlabCountMax);
            nint[] slabs = _slabs;
            if (_slabCount == slabs.Length)
            {
                Array.Resize(ref slabs, slabs.Length * 2);
            }

            slabs[_slabCount] = pool.Take();
            Volatile.Write(ref _slabs, slabs);

            // The first line of the first slab is never handed out, so that 0 can mean "none".
            int firstWord = _slabCount == 0 ? LineWordCount : 0;
            wordCount = SlabWordCount - firstWord;
            return ((uint)_slabCount++ << SlabShift) | (uint)firstWord;
        }
    }

    /// <summary>The words of an allocation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<ulong> Words(uint reference, int wordCount) =>
        MemoryMarshal.CreateSpan(ref At(reference), wordCount);

    /// <summary>The first word of an allocation, for loops that know what follows it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ulong At(uint reference)
    {
        // The reference came from Allocate, so its slab exists and the whole run lies within it.
        nint slab = Unsafe.Add(
            ref MemoryMarshal.GetArrayDataReference(Volatile.Read(ref _slabs)), reference >> SlabShift);
        return ref ((ulong*)slab)[reference & (SlabWordCount - 1)];
    }

    /// <summary>Asks for the cache line at a place; nothing happens on machines that cannot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint reference)
    {
        if (Sse.IsSupported)
        {
            // A prefetch never faults, wherever it points.
            Sse.Prefetch0(Unsafe.AsPointer(ref At(reference)));
        }
    }

    /// <summary>As <see cref="Prefetch(uint)"/> for some cache lines from a place on.</summary>
    public void Prefetch(uint reference, int lineCount)
    {
        if (Sse.IsSupported)
        {
            ulong* first = (ulong*)Unsafe.AsPointer(ref At(reference));
            for (int line = 0; line < lineCount; line++)
            {
                Sse.Prefetch0(first + (line * LineWordCount));
            }
        }
    }

    public void Dispose()
    {
        for (int i = 0; i < _slabCount; i++)
        {
            pool.Return(_slabs[i]);
        }

        _slabs = [];
        _slabCount = 0;
        GC.SuppressFinalize(this);
    }

    // Only for those who forgot: nothing can be reading here any more.
    ~Arena()
    {
        for (int i = 0; i < _slabCount; i++)
        {
            pool.Free(_slabs[i]);
        }
    }
}
