using Tsdb.Core;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Rollups;

/// <summary>Whole buckets that a file tells all about.</summary>
internal readonly record struct CleanSpan(RollupFile File, TimeRange Range);
