using Tsdb.Core;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Reading;

/// <summary>Memory for one decoded column of one block.</summary>
internal sealed class ColumnBuffer
{
    private readonly ulong[] _shifted = new ulong[SegmentBlock.BitmapWordCount];

    public ulong[] Cells { get; } = new ulong[SegmentBlock.MaxRowCount];

    public ulong[] Presence { get; } = new ulong[SegmentBlock.BitmapWordCount];

    public ByteSlab Texts { get; } = new();

    public int PresentCount { get; set; }

    /// <summary>Whether every row of the block has a cell.</summary>
    public bool IsFull { get; set; }

    public bool IsDecoded { get; set; }

    /// <summary>The presence of some rows, the first of them as bit 0; empty when every row has a
    /// cell.</summary>
    public ReadOnlySpan<ulong> PresenceOf(int firstRow, int rowCount) =>
        IsFull ? default : PresenceBits.From(Presence, firstRow, rowCount, _shifted);
}
