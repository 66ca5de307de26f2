using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>A backup that the server has made.</summary>
/// <param name="Id">Its name on the target.</param>
/// <param name="Lsn">Every frame of the log up to this one is in it, none above it.</param>
/// <param name="Until">No row in it was committed later.</param>
/// <param name="FileCount">How many files.</param>
/// <param name="SizeBytes">Bytes in them.</param>
/// <param name="SentSizeBytes">Bytes that the target did not have before.</param>
/// <param name="RemovedCount">Old backups removed.</param>
public sealed record TsdbBackup(
    string Id,
    ulong Lsn,
    Timestamp Until,
    long FileCount,
    long SizeBytes,
    long SentSizeBytes,
    long RemovedCount);
