using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>Encoded chunks in memory.</summary>
internal sealed class ChunkSlab : IChunkTarget
{
    private readonly ByteSlab _bytes = new();

    public int SizeBytes => _bytes.SizeBytes;

    public ReadOnlySpan<byte> Span => _bytes.Span;

    public void Clear() => _bytes.Clear();

    public Span<byte> Reserve(int sizeBytes) => _bytes.Reserve(sizeBytes);

    public void Advance(int sizeBytes) => _bytes.Advance(sizeBytes);

    public void Append(ReadOnlySpan<byte> bytes) => _bytes.Append(bytes);
}
