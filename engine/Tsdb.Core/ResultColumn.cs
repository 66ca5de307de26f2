namespace Tsdb.Core;

/// <summary>Name and type of one result column.</summary>
/// <param name="Name">As in the SELECT list or its alias.</param>
/// <param name="Type">Type of every value; any may be NULL.</param>
/// <param name="IsTag">Whether the texts are tag values: few and repeated, so a dictionary pays on the
/// wire.</param>
public sealed record ResultColumn(string Name, ResultType Type, bool IsTag = false);
