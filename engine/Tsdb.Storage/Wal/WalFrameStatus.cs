namespace Tsdb.Storage.Wal;

/// <summary>What stands where a frame was looked for.</summary>
internal enum WalFrameStatus
{
    /// <summary>A sound header of this file.</summary>
    Valid,

    /// <summary>Zeros, a payload's inside, or a frame of the file's former life.</summary>
    Absent,

    /// <summary>A frame of this file, but its header is torn or damaged.</summary>
    BadHeader,

    /// <summary>A frame of this file whose payload is torn or damaged.</summary>
    BadPayload,

    /// <summary>A sound frame with another LSN, or one that does not follow the frame before.</summary>
    BrokenChain,

    /// <summary>A sound header with a version or flag that is not known here.</summary>
    Unsupported,

    /// <summary>The file ends here.</summary>
    EndOfFile,
}
