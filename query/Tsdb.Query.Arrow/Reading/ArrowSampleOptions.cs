namespace Tsdb.Query.Arrow.Reading;

/// <summary>Where a sender's columns go, and how much it may make us hold. Immutable.</summary>
public sealed record ArrowSampleOptions
{
    /// <summary>Schema metadata that names the table.</summary>
    public const string TableMetadataKey = "tsdb.table";

    /// <summary>Schema metadata that lists the tag columns, comma-separated.</summary>
    public const string TagsMetadataKey = "tsdb.tags";

    /// <summary>Schema metadata that names the time column, if it is not ts, time or timestamp.</summary>
    public const string TimeMetadataKey = "tsdb.time";

    /// <summary>
    /// Schema metadata that names a text column of whole tag sets, spelt as in line protocol:
    /// <c>tag=value,tag=value</c>.
    /// </summary>
    public const string TagSetMetadataKey = "tsdb.tagset";

    /// <summary>The target table; empty takes it from the schema's metadata.</summary>
    public string Table { get; init; } = "";

    /// <summary>Names of the tag columns; none takes them from the schema's metadata.</summary>
    public IReadOnlyCollection<string> Tags { get; init; } = [];

    /// <summary>Most bytes in one message as sent.</summary>
    public int MessageSizeBytesMax { get; init; } = 64 << 20;

    /// <summary>Most bytes in one message's buffers after decompression.</summary>
    public int BodySizeBytesMax { get; init; } = 256 << 20;

    /// <summary>Most bytes of dictionaries that one stream may keep in memory at a time.</summary>
    public long DictionarySizeBytesMax { get; init; } = 256L << 20;
}
