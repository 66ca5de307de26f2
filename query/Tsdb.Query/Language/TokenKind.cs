namespace Tsdb.Query.Language;

internal enum TokenKind : byte
{
    End,

    /// <summary>A word: a keyword or a name, as its place says.</summary>
    Word,

    /// <summary>A "name", quotes removed.</summary>
    QuotedName,

    /// <summary>A 'text', quotes removed.</summary>
    Text,

    Integer,
    Number,

    /// <summary>A number with a unit, as <c>5m</c>.</summary>
    Duration,

    /// <summary><c>$name</c> or <c>$1</c>, without the dollar sign.</summary>
    Parameter,

    /// <summary>An operator or punctuation.</summary>
    Symbol,
}
