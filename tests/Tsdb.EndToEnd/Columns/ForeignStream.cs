namespace Tsdb.EndToEnd.Columns;

/// <summary>An Arrow stream that <c>node/make-arrow.mjs</c> makes.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Batches">In order; what the dictionary lacks for each comes before it.</param>
internal sealed record ForeignStream(string Name, params ForeignBatch[] Batches)
{
    /// <summary><c>good</c>, <c>timeless</c> (no time column) or <c>conflicting</c> (a float column is
    /// text).</summary>
    public string Columns { get; init; } = "good";

    /// <summary><c>none</c>, <c>torn</c> (its end is missing) or <c>swollen</c> (LZ4 buffers claim a
    /// tebibyte).</summary>
    public string Fault { get; init; } = "none";

    /// <summary>Whether buffers are LZ4 frames.</summary>
    public bool Lz4 { get; init; }
}
