namespace Tsdb.Storage.Segments;

/// <summary>Sizes that hold for every block of a segment.</summary>
internal static class SegmentBlock
{
    /// <summary>Most rows of a block.</summary>
    public const int MaxRowCount = 1024;

    /// <summary>Words of a block's bitmap of rows.</summary>
    public const int BitmapWordCount = MaxRowCount / 64;

    /// <summary>Blocks that so many rows fill.</summary>
    public static int CountBlocks(int rowCount) => (rowCount + MaxRowCount - 1) / MaxRowCount;
}
