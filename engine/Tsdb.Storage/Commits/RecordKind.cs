namespace Tsdb.Storage.Commits;

/// <summary>What a record of a WAL frame's payload holds. The numbers are part of the WAL's format.</summary>
internal enum RecordKind : byte
{
    /// <summary>Catalogue definitions that the rows after it use.</summary>
    Definitions = 1,

    /// <summary>Rows of one table, in commit order.</summary>
    Rows = 2,

    /// <summary>A delete. The manifest knows it too; the log says where it stands among the rows.</summary>
    Delete = 32,
}
