namespace Tsdb.Storage.Segments;

/// <summary>
/// One column's index entry of one block, unpacked; the constant and the statistics stay packed.
/// </summary>
internal struct ColumnBlockEntry
{
    /// <summary>Where the chunk is in the file.</summary>
    public long ChunkOffsetBytes;

    /// <summary>Size of the presence bitmap; 0 when every row has a cell.</summary>
    public int BitmapSizeBytes;

    /// <summary>Size of the cells; 0 when all are the same.</summary>
    public int CellsSizeBytes;

    /// <summary>CRC32C of the chunk.</summary>
    public uint Crc;

    /// <summary>Rows that have a cell.</summary>
    public int PresentCount;

    /// <summary>Where the constant or else the statistics start in the block index.</summary>
    public int DetailOffsetBytes;

    /// <summary>Where the entry itself starts in the block index.</summary>
    public int EntryOffsetBytes;

    /// <summary>Its size there.</summary>
    public int EntrySizeBytes;

    /// <summary>As <see cref="ColumnBlockFlags"/>.</summary>
    public byte Flags;

    public readonly int ChunkSizeBytes => BitmapSizeBytes + CellsSizeBytes;

    public readonly bool IsConstant => (Flags & ColumnBlockFlags.Constant) != 0;

    public readonly StatisticsForm Form => ColumnBlockFlags.GetForm(Flags);
}
