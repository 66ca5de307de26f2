namespace Tsdb.Storage.Devices;

/// <summary>What a file of a database is for, told by its path.</summary>
internal enum DeviceArea
{
    /// <summary>The write-ahead log: frames with their padding, headers, and zeros written in
    /// advance.</summary>
    Wal,

    /// <summary>Segments, written by flushes and merges.</summary>
    Segments,

    /// <summary>Manifest, catalogue, everything else.</summary>
    Other,
}
