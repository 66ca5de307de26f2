using Tsdb.Core;
using Tsdb.Storage.Memtables;

namespace Tsdb.Storage.Commits;

/// <summary>What a start finds beyond the segments: the rows and definitions of the log since the last
/// flush.</summary>
/// <param name="Memtable">The rows.</param>
/// <param name="UnflushedDefinitions">Definitions that the catalog log does not hold yet.</param>
internal sealed record RecoveredState(Memtable Memtable, ByteSlab UnflushedDefinitions);
