namespace Tsdb.Core.Commands;

/// <summary>Answers with the database's backups on a target. Changes nothing.</summary>
/// <param name="Target">A folder, or a bucket as <c>s3://bucket/prefix</c>.</param>
public sealed record ListBackups(string Target) : Command;
