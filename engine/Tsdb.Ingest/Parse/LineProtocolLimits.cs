namespace Tsdb.Ingest.Parse;

/// <summary>
/// What one line may hold. A line beyond any of these is refused; the others are not touched.
/// </summary>
public sealed record LineProtocolLimits
{
    /// <summary>The limits used where nothing else is configured.</summary>
    public static LineProtocolLimits Default { get; } = new();

    /// <summary>Bytes of one line, without its line end.</summary>
    public int LineSizeBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes of a table name, a tag key or a field key, unescaped.</summary>
    public int NameSizeBytesMax { get; init; } = 255;

    /// <summary>Bytes of a tag value, unescaped.</summary>
    public int TagValueSizeBytesMax { get; init; } = 1024;

    /// <summary>Bytes of a string field between its quotes, as sent.</summary>
    public int StringSizeBytesMax { get; init; } = 64 << 10;

    /// <summary>Tags in one line.</summary>
    public int TagCountMax { get; init; } = 64;

    /// <summary>Fields in one line.</summary>
    public int FieldCountMax { get; init; } = 1024;
}
