using Tsdb.Core;

namespace Tsdb.Storage.Indexing;

/// <summary>Each series' value of one tag key, packed, by the series' ordinal.</summary>
/// <remarks>
/// One writer at a time; readers need no lock and look only at ordinals that were published to them after
/// their codes were set.
/// </remarks>
internal sealed class ForwardColumn(NativeHeap memory)
{
    private const int FirstCapacity = 16;

    // No chunk where no series has the tag.
    private ForwardChunk?[] _chunks = [];

    /// <summary>The value id of a series, or -1.</summary>
    public int this[int ordinal]
    {
        get
        {
            ForwardChunk? chunk = GetChunk(ordinal >> ForwardChunk.Shift);
            return chunk is null ? -1 : (int)chunk.Get(ordinal & (ForwardChunk.CodeCountMax - 1)) - 1;
        }
    }

    /// <summary>The chunk at an index, or null when none of its series has the tag.</summary>
    public ForwardChunk? GetChunk(int index)
    {
        ForwardChunk?[] chunks = Volatile.Read(ref _chunks);
        return index < chunks.Length ? Volatile.Read(ref chunks[index]) : null;
    }

    /// <summary>Notes a series' value. Ordinals ascend; those left out lack the tag.</summary>
    public void Set(int ordinal, int valueId)
    {
        Invariant.Holds(valueId >= 0);
        uint code = (uint)valueId + 1;
        int index = ordinal & (ForwardChunk.CodeCountMax - 1);
        ForwardChunk? chunk = GetChunk(ordinal >> ForwardChunk.Shift);
        if (chunk is null || index >= chunk.Capacity || WidthOf(code) > chunk.WidthBytes)
        {
            chunk = Replace(ordinal >> ForwardChunk.Shift, chunk, index, code);
        }

        chunk.Set(index, code);
    }

    private static int WidthOf(uint code) => code <= byte.MaxValue ? 1 : code <= ushort.MaxValue ? 2 : 4;

    private ForwardChunk Replace(int chunkIndex, ForwardChunk? replaced, int index, uint code)
    {
        // Only a table's first chunk begins small: those behind it will be filled.
        int capacity = chunkIndex > 0 ? ForwardChunk.CodeCountMax : replaced?.Capacity ?? FirstCapacity;
        while (index >= capacity)
        {
            capacity *= 2;
        }

        ForwardChunk next = new(memory, capacity, Math.Max(WidthOf(code), replaced?.WidthBytes ?? 1));
        replaced?.CopyTo(next);
        ForwardChunk?[] chunks = _chunks;
        if (chunkIndex >= chunks.Length)
        {
            Array.Resize(ref chunks, Math.Max(chunkIndex + 1, chunks.Length * 2));
        }

        Volatile.Write(ref chunks[chunkIndex], next);
        Volatile.Write(ref _chunks, chunks);
        return next;
    }
}
