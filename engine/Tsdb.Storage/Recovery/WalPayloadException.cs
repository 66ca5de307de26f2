namespace Tsdb.Storage.Recovery;

/// <summary>A frame of the log is whole, but its payload does not follow the format: it was written by other
/// software.</summary>
/// <param name="directory">The log.</param>
/// <param name="lsn">The frame.</param>
public sealed class WalPayloadException(string directory, ulong lsn)
    : IOException($"{directory}: the payload of frame {lsn} cannot be read")
{
    /// <summary>The frame.</summary>
    public ulong Lsn { get; } = lsn;
}
