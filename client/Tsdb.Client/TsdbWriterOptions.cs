namespace Tsdb.Client;

/// <summary>How a <see cref="TsdbWriter"/> sends. Immutable.</summary>
public sealed record TsdbWriterOptions
{
    /// <summary>
    /// Names the writer and its numbering of batches; 1 to 64 bytes of UTF-8. Null: the server remembers
    /// nothing. Give one to go on with the same numbering after a restart:
    /// <see cref="TsdbWriter.DurableSequence"/> then says how far the writer before had come. Two writers at
    /// a time must not share it.
    /// </summary>
    public string? StreamId { get; init; }

    /// <summary>Most batches on their way without an acknowledgement; the server may allow fewer.</summary>
    public int WindowCount { get; init; } = 8;

    /// <summary>How long to try again after the connection broke, counted from the last
    /// acknowledgement.</summary>
    public TimeSpan RetryTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The first pause before trying again; it doubles up to a second.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Time of the pauses; the system's by default.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
