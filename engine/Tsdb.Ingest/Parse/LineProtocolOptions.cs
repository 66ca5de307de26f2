namespace Tsdb.Ingest.Parse;

/// <summary>How the text of one write request is to be read.</summary>
/// <param name="Precision">The unit of the timestamps.</param>
/// <param name="DefaultTimestampNs">
/// Event time of a line that carries no timestamp, ns since the Unix epoch: when the request arrived.
/// </param>
/// <param name="Limits">
/// What a line may hold. Pass the same object each time: a parser forgets what it has learnt of the sender
/// when it changes.
/// </param>
public readonly record struct LineProtocolOptions(
    TimestampPrecision Precision, long DefaultTimestampNs, LineProtocolLimits Limits);
