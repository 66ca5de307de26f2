namespace Tsdb.Core;

/// <summary>Where one UTF-8 text lies in a byte slab, packed into a 64-bit cell: offset above, length
/// below.</summary>
/// <param name="OffsetBytes">First byte in the slab.</param>
/// <param name="SizeBytes">Length in bytes.</param>
public readonly record struct TextSpan(int OffsetBytes, int SizeBytes)
{
    /// <summary>The cell that holds this span.</summary>
    public ulong ToCell() => ((ulong)(uint)OffsetBytes << 32) | (uint)SizeBytes;

    /// <summary>The span that a cell holds.</summary>
    public static TextSpan FromCell(ulong cell) => new((int)(cell >> 32), (int)(uint)cell);

    /// <summary>The text's bytes within its slab.</summary>
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> slab) => slab.Slice(OffsetBytes, SizeBytes);
}
