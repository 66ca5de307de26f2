using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>
/// A run of native bytes that lives as long as anybody refers to it. Readers without locks may hold a block
/// that the writer has long replaced: only the collector knows when the last of them is gone.
/// </summary>
/// <remarks>
/// Whoever reads through <see cref="Start"/> keeps the block itself reachable until done (<see
/// cref="GC.KeepAlive"/>).
/// </remarks>
internal sealed unsafe class NativeBlock
{
    // A cache line, so that a slot of 8 or 16 bytes never lies in two.
    private const int AlignmentBytes = 64;

    private readonly NativeHeap _heap;
    private readonly void* _allocated;

    public NativeBlock(NativeHeap heap, long sizeBytes)
    {
        Invariant.Holds(sizeBytes > 0);
        _heap = heap;
        SizeBytes = sizeBytes;

        // The system's zeros, which come page by page as they are used: clearing a large block here would
        // hold up a collection for as long as the system takes to find the pages.
        _allocated = NativeMemory.AllocZeroed((nuint)sizeBytes + AlignmentBytes - 1);
        Start = (byte*)(((nuint)_allocated + AlignmentBytes - 1) & ~(nuint)(AlignmentBytes - 1));
    }

    ~NativeBlock()
    {
        if (_allocated is not null)
        {
            NativeMemory.Free(_allocated);
            _heap.NoteFreed(SizeBytes);
        }
    }

    public byte* Start { get; }

    public long SizeBytes { get; }
}
