namespace Tsdb.Core;

/// <summary>Why a line or row was refused. Closed: every refusal a sender can get is one of these.</summary>
public enum RejectReason : byte
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The measurement (table) name is missing or empty.</summary>
    MissingTable,

    /// <summary>No field was given.</summary>
    MissingFields,

    /// <summary>A tag has no key, no value or no '='.</summary>
    MalformedTag,

    /// <summary>A field has no key, no value or no '='.</summary>
    MalformedField,

    /// <summary>A number cannot be read.</summary>
    MalformedNumber,

    /// <summary>A quoted string is not closed.</summary>
    UnterminatedString,

    /// <summary>NaN or an infinity as text.</summary>
    NotFinite,

    /// <summary>An integer is outside the 64-bit signed range.</summary>
    IntegerOutOfRange,

    /// <summary>The timestamp cannot be read.</summary>
    MalformedTimestamp,

    /// <summary>The timestamp is outside the range of nanoseconds in 64 bits.</summary>
    TimestampOutOfRange,

    /// <summary>The bytes are not valid UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A tag or field key appears twice in one line.</summary>
    DuplicateKey,

    /// <summary>The line is longer than the limit.</summary>
    LineTooLong,

    /// <summary>A table, tag or column name or a tag value is longer than the limit.</summary>
    NameTooLong,

    /// <summary>A string value is longer than the limit.</summary>
    StringTooLong,

    /// <summary>More tags in one row than the limit.</summary>
    TooManyTags,

    /// <summary>More fields in one row than the limit.</summary>
    TooManyFields,

    /// <summary>The value's type does not fit the column's.</summary>
    TypeConflict,

    /// <summary>The name is reserved (as the time column's) or used for a tag and a field both.</summary>
    NameConflict,

    /// <summary>A new table would exceed the database's limit.</summary>
    TooManyTables,

    /// <summary>A new column would exceed the table's limit.</summary>
    TooManyColumns,

    /// <summary>A new series would exceed the database's or the table's limit.</summary>
    TooManySeries,

    /// <summary>The table was dropped while the row was under way; sent again, it makes the table
    /// anew.</summary>
    TableDropped,

    /// <summary>A new tag value would exceed the limit of its tag key.</summary>
    TooManyTagValues,
}
