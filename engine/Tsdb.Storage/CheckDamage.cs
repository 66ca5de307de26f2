using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>Something that <see cref="StorageCheck"/> found wrong, and what is lost with it.</summary>
/// <param name="Kind"><c>manifest</c>, <c>catalogue</c>, <c>segment</c> or <c>log</c>.</param>
/// <param name="Message">What, with file, offset and checksums.</param>
public sealed record CheckDamage(string Kind, string Message)
{
    /// <summary>The file, relative to the database's directory; null when it is not one file's.</summary>
    public string? Path { get; init; }

    /// <summary>First byte of the damaged part; null when the file as a whole is concerned.</summary>
    public long? OffsetBytes { get; init; }

    /// <summary>Whose rows it holds; null when that is not known.</summary>
    public int? TableId { get; init; }

    /// <summary>The table's name; null when it or the catalogue is not known.</summary>
    public string? Table { get; init; }

    /// <summary>Whose rows of the table; null when that is not known.</summary>
    public SeriesId? Series { get; init; }

    /// <summary>The earliest row that it may hold; null when that is not known.</summary>
    public Timestamp? First { get; init; }

    /// <summary>The latest.</summary>
    public Timestamp? Last { get; init; }

    /// <summary>Rows that are concerned; null when that is not known.</summary>
    public long? RowCount { get; init; }
}
