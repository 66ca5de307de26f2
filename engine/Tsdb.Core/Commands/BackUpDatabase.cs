namespace Tsdb.Core.Commands;

/// <summary>Sends a backup of the database; answers with what it holds.</summary>
/// <param name="Target">A folder, or a bucket as <c>s3://bucket/prefix</c>.</param>
public sealed record BackUpDatabase(string Target) : Command;
