using Tsdb.Core;

namespace Tsdb.Query.Planning;

/// <summary>What a scan puts into one of its columns.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Index">The tag key's index or the field's column id; 0 for the time.</param>
/// <param name="Type">Type of the values.</param>
/// <param name="Name">As the table has it.</param>
internal readonly record struct InputSlot(InputKind Kind, int Index, ResultType Type, string Name);
