using Tsdb.Core;
using Tsdb.Storage.Memtables;

namespace Tsdb.Storage.Flushing;

/// <summary>A memtable to be written to segments.</summary>
/// <param name="Memtable">No longer appended to.</param>
/// <param name="Definitions">Catalogue definitions logged with its rows.</param>
internal sealed record FlushJob(Memtable Memtable, ByteSlab Definitions);
