namespace Tsdb.Storage.Devices;

/// <summary>What a file of a database is for, told by its path.</summary>
internal enum DeviceArea
{
    /// <summary>The write-ahead log: frames with their padding, headers.</summary>
    Wal,

    /// <summary>Files for the log made ready: zeros, written once for each file that is not
    /// recycled.</summary>
    WalSpares,

    /// <summary>Segments, written by flushes and merges.</summary>
    Segments,

    /// <summary>Manifest, catalogue, everything else.</summary>
    Other,
}
