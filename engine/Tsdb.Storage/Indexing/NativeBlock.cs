using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Devices;

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

    // Smaller ones lie among others, in pages that are there.
    private const int PopulatedSizeBytesMin = 32 << 10;

    private readonly NativeHeap _heap;
    private readonly void* _allocated;

    public NativeBlock(NativeHeap heap, long sizeBytes)
    {
        Invariant.Holds(sizeBytes > 0);
        _heap = heap;
        SizeBytes = sizeBytes;

        // The system's zeros: clearing a large block here would hold up a collection for as long as the
        // system takes to find the pages.
        _allocated = NativeMemory.AllocZeroed((nuint)sizeBytes + AlignmentBytes - 1);
        if (sizeBytes >= PopulatedSizeBytesMin)
        {
            NativePages.Populate((nint)_allocated, (nint)sizeBytes);
        }

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
