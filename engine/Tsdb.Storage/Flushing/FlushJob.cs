using Tsdb.Storage.Memtables;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Flushing;

/// <summary>A memtable to be written to segments, and how far that has come: a flush that fails is tried
/// again.</summary>
/// <param name="memtable">No longer appended to.</param>
/// <param name="definitions">Catalogue definitions logged with its rows.</param>
internal sealed class FlushJob(Memtable memtable, ByteChain definitions)
{
    public Memtable Memtable { get; } = memtable;

    public ByteChain Definitions { get; } = definitions;

    /// <summary>Whether the catalogue's file has the definitions.</summary>
    public bool HasDefinitionsWritten { get; set; }

    /// <summary>The position up to which the log can be forgotten; null until the manifest names the
    /// segments.</summary>
    public ulong? FlushedLsn { get; set; }
}
