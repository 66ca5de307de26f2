using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>A snapshot of a database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lsn">Every frame of the log up to this one is in it, none above it.</param>
/// <param name="Until">No row in it was committed later.</param>
/// <param name="SegmentCount">How many segments.</param>
/// <param name="SizeBytes">Bytes in its files.</param>
/// <param name="Path">Where it is on the server: a data directory.</param>
public sealed record TsdbSnapshot(
    string Name, ulong Lsn, Timestamp Until, long SegmentCount, long SizeBytes, string Path);
