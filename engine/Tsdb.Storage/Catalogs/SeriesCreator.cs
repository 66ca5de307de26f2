using System.Text;
using Tsdb.Core;

namespace Tsdb.Storage.Catalogs;

/// <summary>
/// The slow path of resolving: takes a spelling seen for the first time apart, finds its series by its tags
/// or creates it, and remembers the spelling.
/// </summary>
/// <remarks>
/// Reusable; one thread at a time. Makes no string unless a tag key is new or the row is refused.
/// </remarks>
internal sealed class SeriesCreator(CatalogStore catalog, StorageOptions options)
{
    // Spellings beyond this many a series are looked up the slow way: a sender that shuffles its tags at
    // random must not fill the memory.
    private const int SpellingCountMax = 4;

    private readonly ByteSlab _texts = new();
    private readonly List<SeriesTag> _tags = [];
    private readonly int[] _valueIds = new int[options.TagKeyCountMax];

    // For each tag of the key in hand, where it stands in the table's keys, or -1, and its value's id, or -1.
    private int[] _keyIndexes = new int[16];
    private int[] _tagValueIds = new int[16];

    /// <summary>
    /// Finds or creates the series of a spelling that the key table did not know. The caller holds the
    /// catalog's lock, over many spellings if it has many.
    /// </summary>
    /// <param name="key">As sent.</param>
    /// <param name="hash">Its <see cref="KeyHash"/>.</param>
    /// <param name="table">Its table.</param>
    /// <param name="series">The series, unless refused.</param>
    /// <param name="detail">Why it was refused.</param>
    public RejectReason FindOrAdd(
        ReadOnlySpan<byte> key, ulong hash, TableState table, out SeriesId series, out string? detail)
    {
        Invariant.Holds(catalog.Gate.IsHeldByCurrentThread);
        detail = null;
        if (catalog.Keys.TryFind(key, hash, out series))
        {
            return RejectReason.None;
        }

        _texts.Clear();
        if (!SeriesKeyReader.TryRead(key, _texts, _tags, out _))
        {
            return RejectReason.MalformedTag;
        }

        if (table.IsDropped)
        {
            return RejectReason.TableDropped;
        }

        if (!TryFind(table, out series))
        {
            RejectReason reason = Check(table, out detail);
            if (reason != RejectReason.None)
            {
                catalog.NoteRefusal();
                return reason;
            }

            series = Add(table);
        }

        if (key.Length <= Indexing.SeriesKeyTable.KeySizeBytesMax
            && catalog.Keys.Count < (long)SpellingCountMax * catalog.SeriesCount)
        {
            catalog.Keys.Add(key, hash, series);
        }

        return RejectReason.None;
    }

    /// <summary>Looks up every tag; with all of them known, the series.</summary>
    private bool TryFind(TableState table, out SeriesId series)
    {
        series = default;
        if (_keyIndexes.Length < _tags.Count)
        {
            _keyIndexes = new int[_tags.Count];
            _tagValueIds = new int[_tags.Count];
        }

        bool isKnown = true;
        for (int i = 0; i < _tags.Count; i++)
        {
            // Tags ascend, and the first series adds its keys in that order: mostly they stand where
            // expected.
            int key = table.Tags.FindKey(TextOf(_tags[i].Key), expected: i);
            int valueId = key < 0 ? -1 : table.Tags.Keys[key].Values.Find(TextOf(_tags[i].Value));
            _keyIndexes[i] = key;
            _tagValueIds[i] = valueId;
            isKnown &= valueId >= 0;
        }

        if (!isKnown)
        {
            return false;
        }

        ReadOnlySpan<int> valueIds = GatherValueIds(table);
        return catalog.SeriesByTags.TryFind(
            catalog.SeriesByTags.ComputeHash(table.Schema.TableId, valueIds), table, valueIds, out series);
    }

    private ReadOnlySpan<int> GatherValueIds(TableState table)
    {
        Span<int> valueIds = _valueIds.AsSpan(0, table.Tags.Keys.Length);
        valueIds.Fill(-1);
        for (int i = 0; i < _tags.Count; i++)
        {
            valueIds[_keyIndexes[i]] = _tagValueIds[i];
        }

        return valueIds;
    }

    private RejectReason Check(TableState table, out string? detail)
    {
        if (catalog.SeriesCount >= options.SeriesCountMax)
        {
            detail = $"the database's limit is {options.SeriesCountMax} series";
            return RejectReason.TooManySeries;
        }

        if (options.Memory is { IsCatalogueFull: true })
        {
            detail = "the memory for tables, tags and series is full";
            return RejectReason.TooManySeries;
        }

        int seriesCountMax = table.Limits.SeriesCountMax ?? options.TableSeriesCountMax;
        if (table.Tags.SeriesCount >= seriesCountMax)
        {
            detail = $"the limit of {table.Schema.Name} is {seriesCountMax} series";
            return RejectReason.TooManySeries;
        }

        int newKeyCount = 0;
        for (int i = 0; i < _tags.Count; i++)
        {
            RejectReason reason = CheckTag(table, i, out detail);
            newKeyCount += _keyIndexes[i] < 0 ? 1 : 0;
            if (reason != RejectReason.None)
            {
                return reason;
            }
        }

        detail = null;
        if (newKeyCount > 0 && table.Schema.TagKeys.Count + newKeyCount > options.TagKeyCountMax)
        {
            detail = $"the limit is {options.TagKeyCountMax} tag keys a table";
            return RejectReason.TooManyTags;
        }

        return RejectReason.None;
    }

    private RejectReason CheckTag(TableState table, int tag, out string? detail)
    {
        detail = null;
        TextSpan value = _tags[tag].Value;
        if (value.SizeBytes > options.TagValueSizeBytesMax)
        {
            detail = $"{StringOf(_tags[tag].Key)}: tag value of {value.SizeBytes} bytes, "
                + $"the limit is {options.TagValueSizeBytesMax}";
            return RejectReason.NameTooLong;
        }

        if (_keyIndexes[tag] < 0)
        {
            return CheckNewKey(table, _tags[tag].Key, out detail);
        }

        int valueCountMax = table.Limits.TagValueCountMax ?? options.TagValueCountMax;
        if (_tagValueIds[tag] < 0 && table.Tags.Keys[_keyIndexes[tag]].Values.Count >= valueCountMax)
        {
            detail = $"tag {StringOf(_tags[tag].Key)} of {table.Schema.Name}: "
                + $"the limit is {valueCountMax} values";
            return RejectReason.TooManyTagValues;
        }

        return RejectReason.None;
    }

    private RejectReason CheckNewKey(TableState table, TextSpan key, out string? detail)
    {
        detail = null;
        string name = StringOf(key);
        if (table.Schema.FindColumn(name) is not null)
        {
            detail = $"{name} is a field of {table.Schema.Name}";
            return RejectReason.NameConflict;
        }

        if (key.SizeBytes > options.NameSizeBytesMax)
        {
            detail = $"tag key of {key.SizeBytes} bytes, the limit is {options.NameSizeBytesMax}";
            return RejectReason.NameTooLong;
        }

        return RejectReason.None;
    }

    private SeriesId Add(TableState table)
    {
        for (int i = 0; i < _tags.Count; i++)
        {
            if (_keyIndexes[i] < 0)
            {
                _keyIndexes[i] = table.Tags.Keys.Length;
                catalog.AddTagKey(table, StringOf(_tags[i].Key));
            }

            if (_tagValueIds[i] < 0)
            {
                _tagValueIds[i] = catalog.AddTagValue(table, _keyIndexes[i], TextOf(_tags[i].Value));
            }
        }

        return catalog.AddSeries(table, GatherValueIds(table));
    }

    private ReadOnlySpan<byte> TextOf(TextSpan span) => span.In(_texts.Span);

    private string StringOf(TextSpan span) => Encoding.UTF8.GetString(TextOf(span));
}
