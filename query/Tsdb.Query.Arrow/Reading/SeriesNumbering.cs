using System.Runtime.InteropServices;
using System.Text.Unicode;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// Gives each row the number of its series key: a tuple of tags is spelt out the first time that a stream
/// has it, and after that found by its codes.
/// </summary>
internal sealed class SeriesNumbering
{
    /// <summary>Bytes of new keys in one run of rows, at most about.</summary>
    public const int NewKeySizeBytesMax = 16 << 20;

    // Beyond these the stream starts over: it must not hold all keys that ever came.
    private const int TupleCountMax = 1 << 20;
    private const int KeySizeBytesMax = 64 << 20;

    // As the storage's own limit; here so that nothing is copied which it will refuse.
    private const int TagValueSizeBytesMax = 1024;
    private const int UnknownKey = int.MinValue;

    private readonly ArrowColumnPlan _plan;
    private readonly TagCodes[] _tags;
    private readonly int[] _versions;
    private readonly TupleTable _tuples;
    private readonly List<int> _keyOfTuple = [];
    private readonly ByteSlab _texts = new();
    private readonly ByteSlab _key = new();
    private readonly List<SeriesTag> _keyTags = [];
    private int[] _tupleOfRow = [];
    private int[] _keyOfCode = [];

    public SeriesNumbering(ArrowColumnPlan plan, TagCodes[] tags)
    {
        _plan = plan;
        _tags = tags;
        _versions = new int[tags.Length];
        _tuples = new TupleTable(tags.Length);
    }

    /// <summary>The keys that numbers stand for.</summary>
    public SeriesKeyList Keys { get; } = new();

    /// <summary>Drops what no longer holds or has grown too large. To be called before a run of
    /// rows.</summary>
    public void Prepare()
    {
        bool isStale = _tuples.Count > TupleCountMax || Keys.SizeBytes > KeySizeBytesMax;
        for (int i = 0; i < _tags.Length; i++)
        {
            isStale |= _tags[i].Version != _versions[i] || _tags[i].SizeBytes > KeySizeBytesMax;
        }

        if (!isStale)
        {
            return;
        }

        Keys.Clear();
        _tuples.Clear();
        _keyOfTuple.Clear();
        Array.Fill(_keyOfCode, UnknownKey);
        for (int i = 0; i < _tags.Length; i++)
        {
            if (_tags[i].SizeBytes > KeySizeBytesMax)
            {
                _tags[i].Clear();
            }

            _versions[i] = _tags[i].Version;
        }
    }

    /// <summary>
    /// Writes each row's key number; for a row whose tags cannot be stored, the complement of the reason.
    /// </summary>
    /// <returns>Rows done: fewer than asked when their keys are many and long.</returns>
    public int Number(Span<int> keyIndexes)
    {
        long sizeBytesMax = Keys.SizeBytes + (long)NewKeySizeBytesMax;
        return _tags.Length == 1
            ? NumberByCode(keyIndexes, sizeBytesMax)
            : NumberByTuple(keyIndexes, sizeBytesMax);
    }

    // With one tag the code alone leads to the key; code -1, null, has the first place.
    private int NumberByCode(Span<int> keyIndexes, long sizeBytesMax)
    {
        int neededCount = _tags[0].Count + 1;
        if (_keyOfCode.Length < neededCount)
        {
            int knownCount = _keyOfCode.Length;
            Array.Resize(ref _keyOfCode, Math.Max(neededCount, knownCount * 2));
            _keyOfCode.AsSpan(knownCount).Fill(UnknownKey);
        }

        ReadOnlySpan<int> codes = _tags[0].Codes;
        for (int row = 0; row < keyIndexes.Length; row++)
        {
            ref int key = ref _keyOfCode[codes[row] + 1];
            if (key == UnknownKey)
            {
                if (Keys.SizeBytes > sizeBytesMax)
                {
                    return row;
                }

                key = WriteKey(row);
            }

            keyIndexes[row] = key;
        }

        return keyIndexes.Length;
    }

    private int NumberByTuple(Span<int> keyIndexes, long sizeBytesMax)
    {
        if (_tupleOfRow.Length < keyIndexes.Length)
        {
            _tupleOfRow = new int[keyIndexes.Length];
        }

        Span<int> tuples = _tupleOfRow.AsSpan(0, keyIndexes.Length);
        _tuples.Number(_tags, tuples);
        for (int row = 0; row < tuples.Length; row++)
        {
            int tuple = tuples[row];
            while (_keyOfTuple.Count <= tuple)
            {
                _keyOfTuple.Add(UnknownKey);
            }

            int key = _keyOfTuple[tuple];
            if (key == UnknownKey)
            {
                if (Keys.SizeBytes > sizeBytesMax)
                {
                    return row;
                }

                key = _keyOfTuple[tuple] = WriteKey(row);
            }

            keyIndexes[row] = key;
        }

        return tuples.Length;
    }

    private int WriteKey(int row) => _plan.HasTagSets ? WriteTagSet(row) : WriteTags(row);

    private int WriteTags(int row)
    {
        _texts.Clear();
        _keyTags.Clear();
        for (int i = 0; i < _tags.Length; i++)
        {
            int code = _tags[i].Codes[row];
            if (code == TagCodes.NullCode)
            {
                continue;
            }

            ReadOnlySpan<byte> text = _tags[i].GetText(code);
            if (text.Length > TagValueSizeBytesMax)
            {
                return ~(int)RejectReason.NameTooLong;
            }

            if (_tags[i].IsInvalid(code))
            {
                return ~(int)RejectReason.InvalidUtf8;
            }

            _keyTags.Add(new SeriesTag(_texts.Append(_plan.TagNames[i]), _texts.Append(text)));
        }

        return Add(CollectionsMarshal.AsSpan(_keyTags));
    }

    private int Add(ReadOnlySpan<SeriesTag> tags)
    {
        _key.Clear();
        SeriesKeyWriter.Append(_key, _plan.Table, _texts.Span, tags);
        return Keys.Add(_key.Span);
    }

    // Read and written again, so that a set is one key however its tags are ordered and escaped.
    private int WriteTagSet(int row)
    {
        int code = _tags[0].Codes[row];
        _texts.Clear();
        _keyTags.Clear();
        if (code == TagCodes.NullCode || _tags[0].GetText(code).IsEmpty)
        {
            return Add([]);
        }

        ReadOnlySpan<byte> text = _tags[0].GetText(code);
        if (!Utf8.IsValid(text))
        {
            return ~(int)RejectReason.InvalidUtf8;
        }

        _key.Clear();
        _key.Append("t,"u8);
        _key.Append(text);
        if (!SeriesKeyReader.TryRead(_key.Span, _texts, _keyTags, out _))
        {
            return ~(int)RejectReason.MalformedTag;
        }

        foreach (SeriesTag tag in _keyTags)
        {
            if (tag.Value.SizeBytes > TagValueSizeBytesMax)
            {
                return ~(int)RejectReason.NameTooLong;
            }
        }

        return Add(CollectionsMarshal.AsSpan(_keyTags));
    }
}
