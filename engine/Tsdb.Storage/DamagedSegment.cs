namespace Tsdb.Storage;

/// <summary>
/// A segment that could not be opened and was set aside: its file stays where it is, and a query that would
/// need
/// its rows fails instead of answering without them.
/// </summary>
/// <param name="Path">The file, relative to the database's directory.</param>
/// <param name="Shard">The shard whose series it holds.</param>
/// <param name="FirstTimestampNs">Its earliest row, as the manifest knows.</param>
/// <param name="LastTimestampNs">Its latest row.</param>
/// <param name="Cause">What is wrong, with offset and checksums where there are any.</param>
public sealed record DamagedSegment(
    string Path, int Shard, long FirstTimestampNs, long LastTimestampNs, IOException Cause);
