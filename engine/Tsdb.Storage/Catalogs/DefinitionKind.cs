namespace Tsdb.Storage.Catalogs;

/// <summary>What a definition record defines. The numbers are part of the WAL's and the catalog log's
/// format.</summary>
internal enum DefinitionKind : byte
{
    /// <summary>Table: id, name.</summary>
    Table = 1,

    /// <summary>Column: table id, column id, type, name.</summary>
    Column = 2,

    /// <summary>New type of a column: table id, column id, type.</summary>
    ColumnType = 3,

    /// <summary>Tag key: table id, name. Its index is the number of the table's keys before it.</summary>
    TagKey = 4,

    /// <summary>Tag value: table id, key index, text. Its id is the number of the key's values before
    /// it.</summary>
    TagValue = 5,

    /// <summary>Series: id, table id, key count, then for each key its value's id + 1, or 0 when
    /// absent.</summary>
    Series = 6,

    /// <summary>End of a table: id. Its name is free, its id is not.</summary>
    TableDropped = 32,

    /// <summary>All that is set on a table: table id, option count, then for each its
    /// <see cref="TableOptionKind"/> and value.</summary>
    TableOptions = 33,

    /// <summary>Tier of a table: table id, rollup id, bucket length in ns, number of fields + 1 (0: all),
    /// then each field's column id.</summary>
    Rollup = 40,

    /// <summary>End of a tier: table id, rollup id.</summary>
    RollupDropped = 41,

    /// <summary>How far a sender's numbered stream has come: its name, its greatest number. Of several the
    /// greatest counts.</summary>
    StreamSequence = 52,
}
