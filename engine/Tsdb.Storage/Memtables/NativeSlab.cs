using System.Runtime.InteropServices;
using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Memtables;

/// <summary>Pieces of memory straight from the system, for <see cref="SlabPool"/>.</summary>
/// <remarks>
/// On Linux in huge pages where the system has them to give: rows of thousands of series are touched in turn,
/// and with small pages each touch would miss the TLB, and each 4 KB cost a page fault.
/// </remarks>
internal static unsafe partial class NativeSlab
{
    /// <summary>Size and alignment of a piece: one huge page.</summary>
    public const int SizeBytes = 2 << 20;

    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int HugePages = 14;
    private static readonly nint _failed = -1;

    /// <exception cref="InsufficientMemoryException">The system has no more.</exception>
    public static nint Allocate()
    {
        if (!OperatingSystem.IsLinux())
        {
            return (nint)NativeMemory.AlignedAlloc(SizeBytes, SizeBytes);
        }

        // Twice the size has an aligned piece in it; what is around it goes back.
        nint mapped = mmap(0, 2 * SizeBytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapped == _failed)
        {
            throw new InsufficientMemoryException("mmap gave no memory for rows");
        }

        nint slab = (mapped + SizeBytes - 1) & -SizeBytes;
        Unmap(mapped, slab - mapped);
        Unmap(slab + SizeBytes, mapped + SizeBytes - slab);

        // Advice: where it is not taken, small pages do.
        _ = madvise(slab, SizeBytes, HugePages);

        // The memory now, and not at the first touch: a page fault in managed code holds up a collection, and
        // that of a huge page takes milliseconds where the system is a guest.
        NativePages.Populate(slab, SizeBytes);
        return slab;
    }

    public static void Free(nint slab)
    {
        if (OperatingSystem.IsLinux())
        {
            Unmap(slab, SizeBytes);
        }
        else
        {
            NativeMemory.AlignedFree((void*)slab);
        }
    }

    private static void Unmap(nint address, nint sizeBytes)
    {
        if (sizeBytes > 0)
        {
            _ = munmap(address, (nuint)sizeBytes);
        }
    }

#pragma warning disable SYSLIB1054, IDE1006 // The system's own names.
    [LibraryImport("libc")]
    private static partial nint mmap(
        nint address, nuint sizeBytes, int protection, int flags, int file, nint offsetBytes);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint sizeBytes);

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint sizeBytes, int advice);
#pragma warning restore SYSLIB1054, IDE1006
}
