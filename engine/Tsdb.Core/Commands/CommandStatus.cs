namespace Tsdb.Core.Commands;

/// <summary>Whether a command was carried out, or why it was refused. Closed.</summary>
public enum CommandStatus : byte
{
    /// <summary>Carried out, durably.</summary>
    Done = 0,

    /// <summary>There is a table of that name; nothing was changed.</summary>
    TableExists,

    /// <summary>The table is gone; nothing was changed.</summary>
    TableMissing,

    /// <summary>A name is longer than the limit, or empty.</summary>
    NameTooLong,

    /// <summary>Two columns have one name.</summary>
    NameConflict,

    /// <summary>One more table would exceed the database's limit.</summary>
    TooManyTables,

    /// <summary>More field columns than a table may have.</summary>
    TooManyColumns,

    /// <summary>More tag keys than a table may have.</summary>
    TooManyTags,

    /// <summary>More deletes are waiting to be carried out in segments than the limit.</summary>
    TooManyDeletes,

    /// <summary>For a reason that <see cref="CommandOutcome.Refusal"/> tells.</summary>
    Refused,

    /// <summary>The table has a tier of that length; nothing was changed.</summary>
    RollupExists,

    /// <summary>The table has no tier of that length; nothing was changed.</summary>
    RollupMissing,

    /// <summary>More tiers than a table may have.</summary>
    TooManyRollups,
}
