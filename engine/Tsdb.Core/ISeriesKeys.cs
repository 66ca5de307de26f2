namespace Tsdb.Core;

/// <summary>
/// The series keys that a database knows, by their bytes as sent: how the ingest side asks storage, which it
/// does not meet. Thread safe.
/// </summary>
public interface ISeriesKeys
{
    /// <summary>What stands for a series that is not known; <see cref="SeriesId"/> never has it.</summary>
    const uint Unknown = uint.MaxValue;

    /// <summary>Another one after keys were forgotten: what was found before may be wrong by now.</summary>
    long Version { get; }

    /// <summary>Finds the series of some keys; every key is compared in full.</summary>
    /// <param name="text">The bytes in which the keys lie.</param>
    /// <param name="offsets">Where each key starts in the text.</param>
    /// <param name="lengths">Length of each key in bytes.</param>
    /// <param name="previous">The series of the key before these, or <see cref="Unknown"/>: senders tend to
    /// keep an order.</param>
    /// <param name="seriesIds">Gets <see cref="SeriesId.Value"/> of each, or
    /// <see cref="Unknown"/>.</param>
    void Find(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<int> offsets,
        ReadOnlySpan<int> lengths,
        uint previous,
        Span<uint> seriesIds);
}
