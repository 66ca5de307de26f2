namespace Tsdb.Query.Tests;

/// <summary>One row of <see cref="RandomRows"/>.</summary>
internal sealed record RandomRow(string Host, string? Region, long TimestampNs, double? X, long? N);
