using Tsdb.Core;

namespace Tsdb.Storage.Segments;

/// <summary>One column of a series as a segment stores it.</summary>
internal readonly record struct ColumnLayout(ColumnKey Key, ColumnType Type);
