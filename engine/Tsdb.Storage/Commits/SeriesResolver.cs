using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Finds the series of each row by its key bytes as sent; a spelling seen for the first time is taken apart,
/// found
/// under its canonical form or created, and remembered.
/// </summary>
internal sealed class SeriesResolver(CatalogStore catalog, StorageOptions options)
{
    // Spellings beyond this many a series are looked up the slow way: a sender that shuffles its tags at
    // random
    // must not fill the memory.
    private const int SpellingCountMax = 4;

    private readonly ByteSlab _texts = new();
    private readonly ByteSlab _canonical = new();
    private readonly List<SeriesTag> _tags = [];

    /// <summary>Fills <paramref name="seriesIds"/>; true when rows were refused and marked.</summary>
    public bool Resolve(
        ReadOnlySpan<byte> keyText,
        TableState table,
        TableRows rows,
        Span<uint> seriesIds,
        Span<bool> isRejected,
        RejectLog rejects)
    {
        bool hasRejects = false;
        for (int row = 0; row < rows.RowCount; row++)
        {
            ReadOnlySpan<byte> key = keyText.Slice(rows.KeyOffsets[row], rows.KeyLengths[row]);
            if (catalog.Keys.TryFind(key, rows.KeyHashes[row], out SeriesId series))
            {
                seriesIds[row] = series.Value;
                continue;
            }

            if (isRejected[row])
            {
                continue;
            }

            RejectReason reason = FindOrAdd(key, rows.KeyHashes[row], table, out series, out string? detail);
            seriesIds[row] = series.Value;
            if (reason != RejectReason.None)
            {
                isRejected[row] = true;
                hasRejects = true;
                rejects.Add(new RowReject(rows.LineNumbers[row], 0, reason, detail));
            }
        }

        return hasRejects;
    }

    private RejectReason FindOrAdd(
        ReadOnlySpan<byte> key, ulong hash, TableState table, out SeriesId series, out string? detail)
    {
        series = default;
        detail = null;
        _texts.Clear();
        if (!SeriesKeyReader.TryRead(key, _texts, _tags, out _))
        {
            return RejectReason.MalformedTag;
        }

        _canonical.Clear();
        CanonicalKey.Write(_canonical, table.Schema.Name, _texts, _tags);
        ulong canonicalHash = KeyHash.Compute(_canonical.Span);
        lock (catalog.Gate)
        {
            if (!catalog.Keys.TryFind(_canonical.Span, canonicalHash, out series))
            {
                RejectReason reason = Check(table, out detail);
                if (reason != RejectReason.None)
                {
                    return reason;
                }

                series = Add(table, canonicalHash);
            }

            bool isCanonical = key.SequenceEqual(_canonical.Span);
            if (!isCanonical
                && catalog.Keys.Count < (long)SpellingCountMax * catalog.SeriesCount
                && !catalog.Keys.TryFind(key, hash, out _))
            {
                catalog.Keys.Add(key, hash, series);
            }
        }

        return RejectReason.None;
    }

    private RejectReason Check(TableState table, out string? detail)
    {
        detail = null;
        if (catalog.SeriesCount >= options.SeriesCountMax)
        {
            detail = $"the database's limit is {options.SeriesCountMax} series";
            return RejectReason.TooManySeries;
        }

        int newKeys = 0;
        foreach (SeriesTag tag in _tags)
        {
            string key = TextOf(tag.Key);
            if (tag.Value.SizeBytes > options.TagValueSizeBytesMax)
            {
                detail = $"{key}: tag value of {tag.Value.SizeBytes} bytes, "
                    + $"the limit is {options.TagValueSizeBytesMax}";
                return RejectReason.NameTooLong;
            }

            if (table.Tags.FindKey(key) >= 0)
            {
                continue;
            }

            newKeys++;
            if (table.Schema.FindColumn(key) is not null)
            {
                detail = $"{key} is a field of {table.Schema.Name}";
                return RejectReason.NameConflict;
            }

            if (tag.Key.SizeBytes > options.NameSizeBytesMax)
            {
                detail = $"tag key of {tag.Key.SizeBytes} bytes, the limit is {options.NameSizeBytesMax}";
                return RejectReason.NameTooLong;
            }
        }

        if (newKeys > 0 && table.Schema.TagKeys.Count + newKeys > options.TagKeyCountMax)
        {
            detail = $"the limit is {options.TagKeyCountMax} tag keys a table";
            return RejectReason.TooManyTags;
        }

        return RejectReason.None;
    }

    private SeriesId Add(TableState table, ulong canonicalHash)
    {
        foreach (SeriesTag tag in _tags)
        {
            string key = TextOf(tag.Key);
            if (table.Tags.FindKey(key) < 0)
            {
                catalog.AddTagKey(table, key);
            }
        }

        Span<int> valueIds = stackalloc int[options.TagKeyCountMax];
        valueIds = valueIds[..table.Tags.Keys.Length];
        valueIds.Fill(-1);
        foreach (SeriesTag tag in _tags)
        {
            int key = table.Tags.FindKey(TextOf(tag.Key));
            string value = TextOf(tag.Value);
            int valueId = table.Tags.Keys[key].FindValue(value);
            valueIds[key] = valueId >= 0 ? valueId : catalog.AddTagValue(table, key, value);
        }

        int shard = (int)(canonicalHash % (uint)catalog.ShardCount);
        SeriesId series = catalog.AddSeries(shard, table, valueIds);
        catalog.Keys.Add(_canonical.Span, canonicalHash, series);
        return series;
    }

    private string TextOf(TextSpan span) => Encoding.UTF8.GetString(span.In(_texts.Span));
}
