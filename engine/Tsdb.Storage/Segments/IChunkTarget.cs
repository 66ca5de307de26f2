namespace Tsdb.Storage.Segments;

/// <summary>Where encoded chunks go: a segment's file, or memory until it is their turn.</summary>
internal interface IChunkTarget
{
    /// <summary>
    /// Room for <paramref name="sizeBytes"/>; <see cref="Advance"/> takes what was written.
    /// </summary>
    Span<byte> Reserve(int sizeBytes);

    void Advance(int sizeBytes);
}
