using Tsdb.Core;

namespace Tsdb.Storage.Commits;

/// <summary>One column of a batch under its catalogue key.</summary>
/// <param name="Key">Which column, and what of it.</param>
/// <param name="Type">Type of the cells, after conversion.</param>
/// <param name="Source">The cells.</param>
internal readonly record struct ResolvedColumn(ColumnKey Key, ColumnType Type, SampleColumn Source);
