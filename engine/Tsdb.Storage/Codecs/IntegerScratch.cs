namespace Tsdb.Storage.Codecs;

/// <summary>A thread's work space for integer blocks, so that a call allocates nothing.</summary>
internal sealed class IntegerScratch
{
    [ThreadStatic]
    private static IntegerScratch? _current;

    public static IntegerScratch Current => _current ??= new IntegerScratch();

    /// <summary>Differences or distances of the block at hand.</summary>
    public long[] Steps { get; } = new long[IntegerCodec.CountMax];

    /// <summary>Run values, or the entries of a dictionary.</summary>
    public long[] Heads { get; } = new long[IntegerCodec.CountMax];

    /// <summary>Run lengths, or the codes into a dictionary.</summary>
    public long[] Codes { get; } = new long[IntegerCodec.CountMax];
}
