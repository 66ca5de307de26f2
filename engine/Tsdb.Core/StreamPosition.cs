namespace Tsdb.Core;

/// <summary>How far a sender's numbered stream of batches has come.</summary>
/// <param name="StreamId">Names the sender and its numbering; 1 to <see cref="IdSizeBytesMax"/> bytes of
/// UTF-8.</param>
/// <param name="Sequence">Number of its last batch, from 1.</param>
public readonly record struct StreamPosition(string StreamId, ulong Sequence)
{
    /// <summary>Most bytes of a stream's name.</summary>
    public const int IdSizeBytesMax = 64;
}
