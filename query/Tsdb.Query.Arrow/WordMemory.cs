using System.Buffers;
using System.Runtime.InteropServices;

namespace Tsdb.Query.Arrow;

/// <summary>Shows an array of 64-bit words as bytes: Arrow takes a column without a copy.</summary>
internal sealed class WordMemory(ulong[] words) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(words.AsSpan());

    public override MemoryHandle Pin(int elementIndex = 0) =>
        throw new NotSupportedException("Arrow's managed writer does not pin.");

    public override void Unpin()
    {
    }

    /// <summary>The bytes of some words from <paramref name="firstWord"/> on.</summary>
    public static ReadOnlyMemory<byte> Of(ulong[] words, int firstWord, int wordCount)
    {
        using WordMemory memory = new(words);
        return memory.Memory.Slice(firstWord * sizeof(ulong), wordCount * sizeof(ulong));
    }

    protected override void Dispose(bool disposing)
    {
    }
}
