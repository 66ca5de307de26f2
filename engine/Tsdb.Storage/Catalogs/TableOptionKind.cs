namespace Tsdb.Storage.Catalogs;

/// <summary>What an option of a table is. The numbers are part of the WAL's and the catalog log's
/// format.</summary>
internal enum TableOptionKind : byte
{
    /// <summary>How long rows are kept, ns: LEB128.</summary>
    Ttl = 1,
}
