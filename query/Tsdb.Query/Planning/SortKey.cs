namespace Tsdb.Query.Planning;

/// <summary>One key of an order.</summary>
/// <param name="Column">The output column.</param>
/// <param name="IsDescending">Greatest first.</param>
/// <param name="NullsFirst">NULLs before all else.</param>
internal readonly record struct SortKey(int Column, bool IsDescending, bool NullsFirst);
