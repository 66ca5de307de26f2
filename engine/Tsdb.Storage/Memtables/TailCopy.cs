namespace Tsdb.Storage.Memtables;

/// <summary>
/// What a tail holds at one moment: its sealed chunks, which never change, and a copy of its open rows, which
/// may be overwritten. Reusable; one thread.
/// </summary>
internal sealed class TailCopy(Arena arena, RowShapes shapes)
{
    private ulong[] _rows = [];

    /// <summary>Shape of the rows.</summary>
    public RowShape Shape { get; private set; } = null!;

    /// <summary>The first sealed chunk; undefined when there is none.</summary>
    public uint FirstChunk { get; private set; }

    public int ChunkCount { get; private set; }

    /// <summary>Open rows: those after the chunks.</summary>
    public int OpenRowCount { get; private set; }

    /// <summary>Whether all rows, sealed and open, ascend strictly by time.</summary>
    public bool IsOrdered { get; private set; }

    /// <summary>The open rows, <see cref="RowShape.StrideWordCount"/> words each.</summary>
    public ReadOnlySpan<ulong> OpenRows => _rows.AsSpan(0, OpenRowCount * Shape.StrideWordCount);

    public void Take(uint tail)
    {
        ReadOnlySpan<ulong> head = arena.Words(tail, TailLayout.WordCount);
        Shape = shapes[(int)TailLayout.High(head[TailLayout.NextAndShape])];
        int wordCountMax = Shape.OpenRowCount * Shape.StrideWordCount;
        if (_rows.Length < wordCountMax)
        {
            _rows = new ulong[wordCountMax];
        }

        ulong counts;
        do
        {
            counts = Volatile.Read(in head[TailLayout.Counts]);
            CopyOpenRows(head, TailLayout.Low(counts));

            // Whatever is read above is read before the count is looked at again.
            Thread.MemoryBarrier();
        }
        while (TailLayout.High(Volatile.Read(in head[TailLayout.Counts])) != TailLayout.High(counts));

        OpenRowCount = (int)TailLayout.Low(counts);
        ChunkCount = (int)TailLayout.High(counts);
        FirstChunk = TailLayout.Low(Volatile.Read(in head[TailLayout.FirstAndLastChunk]));

        // Rows that are not looked at may have set the mark already: that only costs a sort.
        IsOrdered = Volatile.Read(in head[TailLayout.IsUnordered]) == 0;
    }

    private void CopyOpenRows(ReadOnlySpan<ulong> head, uint rowCount)
    {
        int stride = Shape.StrideWordCount;
        for (uint row = 0; row < rowCount;)
        {
            uint block = TailLayout.BlockOf(head, row, out uint firstRow);
            int count = Math.Min(Shape.BlockRowCount(firstRow), (int)(rowCount - row));
            arena.Words(block, count * stride).CopyTo(_rows.AsSpan((int)row * stride));
            row += (uint)count;
        }
    }
}
