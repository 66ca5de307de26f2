namespace Tsdb.Storage.Segments;

/// <summary>A column of a <see cref="SeriesAssembly"/>.</summary>
internal sealed class AssembledColumn
{
    public ColumnLayout Layout { get; private set; }

    /// <summary>The chunks of its blocks.</summary>
    public ChunkSlab Chunks { get; } = new();

    /// <summary>Their entries in the index.</summary>
    public PackedWriter Entries { get; } = new();

    /// <summary>Whether any row has a cell.</summary>
    public bool HasCells { get; private set; }

    public void Start(ColumnLayout layout)
    {
        Layout = layout;
        Chunks.Clear();
        Entries.Clear();
        HasCells = false;
    }

    public void AddAbsent() => Entries.WriteByte(ColumnBlockFlags.NonePresent);

    public void Add(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> entry, int presentCount)
    {
        Chunks.Append(chunk);
        Entries.Write(entry);
        HasCells |= presentCount > 0;
    }
}
