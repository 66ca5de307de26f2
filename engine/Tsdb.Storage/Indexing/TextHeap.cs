namespace Tsdb.Storage.Indexing;

/// <summary>
/// Texts in native memory, added and never moved or taken away while the heap is reachable.
/// </summary>
/// <remarks>One writer at a time; any thread reads what was published to it.</remarks>
internal sealed unsafe class TextHeap(NativeHeap memory)
{
    // Small at first: a database of a few series must not cost a megabyte. Powers of two, so that a large
    // heap has few blocks.
    private const int FirstBlockSizeBytes = 4 << 10;
    private const int LastBlockSizeBytes = 1 << 20;
    private const int AlignmentBytes = 8;

    private readonly List<NativeBlock> _blocks = [];
    private int _nextBlockSizeBytes = FirstBlockSizeBytes;
    private int _usedBytes;
    private long _blockSizeBytes;

    /// <summary>Bytes taken by texts, those between them counted too.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Keeps a copy.</summary>
    /// <param name="text">At most <see cref="NativeText.SizeBytesMax"/> bytes.</param>
    public NativeText Add(ReadOnlySpan<byte> text)
    {
        int takenBytes = Math.Max(AlignmentBytes, (text.Length + AlignmentBytes - 1) & -AlignmentBytes);
        if (_usedBytes + takenBytes > _blockSizeBytes)
        {
            AddBlock(takenBytes);
        }

        byte* start = _blocks[^1].Start + _usedBytes;
        text.CopyTo(new Span<byte>(start, text.Length));
        _usedBytes += takenBytes;
        SizeBytes += takenBytes;
        return new NativeText(start, text.Length);
    }

    private void AddBlock(int neededBytes)
    {
        _blockSizeBytes = Math.Max(_nextBlockSizeBytes, neededBytes);
        _blocks.Add(memory.Allocate(_blockSizeBytes));
        _usedBytes = 0;
        _nextBlockSizeBytes = Math.Min(LastBlockSizeBytes, _nextBlockSizeBytes * 2);
    }
}
