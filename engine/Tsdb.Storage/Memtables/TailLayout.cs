namespace Tsdb.Storage.Memtables;

/// <summary>
/// Words of a tail (the rows of one series and shape) and of its chunks in the <see cref="Arena"/>.
/// </summary>
/// <remarks>
/// <code>
/// tail   word 0  next tail of the series (low 32 bits) · shape index (high 32 bits)
///        word 1  rows in all chunks; written last, so a reader that sees n may read n rows
///        word 2  first chunk (low) · last chunk (high)
///        word 3  rows in the last chunk (low) · its capacity in rows (high)
///        word 4  largest timestamp, ns
///        word 5  1 when some row is not later than the one before it
/// chunk  word 0  next chunk (low) · capacity in rows (high); then the rows, stride words each
/// row    word 0  timestamp, ns · word 1  arrival ordinal within the memtable's shard · then the cells
/// </code>
/// Chunks double from 4 rows up to what fits 4 KB or 512 rows: a series with one row costs 4, a busy one no
/// copies.
/// </remarks>
internal static class TailLayout
{
    public const int WordCount = 6;
    public const int NextAndShape = 0;
    public const int RowCount = 1;
    public const int FirstAndLastChunk = 2;
    public const int LastChunkFill = 3;
    public const int LastTimestamp = 4;
    public const int IsUnordered = 5;

    public const int ChunkHeaderWordCount = 1;
    public const int FirstChunkRowCount = 4;
    public const int ChunkRowCountMax = 512;

    public static ulong Pack(uint low, uint high) => low | ((ulong)high << 32);

    public static uint Low(ulong word) => (uint)word;

    public static uint High(ulong word) => (uint)(word >> 32);
}
