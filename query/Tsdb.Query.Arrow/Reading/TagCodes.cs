using System.Text.Unicode;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>
/// One tag column as numbers that stand for the same text in all batches of a stream: a dictionary's own, or
/// given to each new text of a plain column.
/// </summary>
internal sealed class TagCodes(ArrowField field, ArrowDictionary? dictionary)
{
    public const int NullCode = -1;

    private readonly ByteSlab _texts = new();
    private readonly List<TextSpan> _entries = [];
    private readonly List<ulong> _hashes = [];
    private int[] _slots = [];
    private int[] _codes = [];
    private int _version;

    /// <summary>The codes of the rows last read.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>Codes run from 0 to below this.</summary>
    public int Count => dictionary?.Count ?? _entries.Count;

    /// <summary>Changes when a code no longer stands for the text that it stood for.</summary>
    public int Version => dictionary?.Version ?? _version;

    /// <summary>Bytes of the texts of a plain column.</summary>
    public int SizeBytes => _texts.SizeBytes;

    public ReadOnlySpan<byte> GetText(int code) =>
        dictionary is null ? _entries[code].In(_texts.Span) : dictionary.GetText(code);

    public bool IsInvalid(int code) => dictionary?.IsInvalid(code) ?? !Utf8.IsValid(GetText(code));

    /// <summary>Forgets the texts of a plain column.</summary>
    public void Clear()
    {
        _texts.Clear();
        _entries.Clear();
        _hashes.Clear();
        Array.Clear(_slots);
        _version++;
    }

    /// <summary>Reads a run of rows.</summary>
    /// <exception cref="ArrowInputException">An index leaves its dictionary, a text its buffer.</exception>
    public void Read(in ArrowColumnBuffers buffers, int batchRowCount, int firstRow, int rowCount)
    {
        if (_codes.Length < rowCount)
        {
            _codes = new int[rowCount];
        }

        Span<int> codes = _codes.AsSpan(0, rowCount);
        if (dictionary is null)
        {
            Number(new ArrowTexts(field.Name, field.Type, buffers, batchRowCount), firstRow, codes);
        }
        else
        {
            DictionaryIndexes.Read(field, dictionary, buffers, firstRow, codes);
        }
    }

    private void Number(ArrowTexts texts, int firstRow, Span<int> codes)
    {
        ReadOnlySpan<byte> previous = default;
        int previousCode = NullCode;
        for (int row = 0; row < codes.Length; row++)
        {
            ReadOnlySpan<byte> text = texts.GetText(firstRow + row, out bool isNull);
            if (isNull)
            {
                codes[row] = NullCode;
                continue;
            }

            if (previousCode == NullCode || !text.SequenceEqual(previous))
            {
                previousCode = FindOrAdd(text);
                previous = text;
            }

            codes[row] = previousCode;
        }
    }

    // Open addressing; a slot holds a code plus one.
    private int FindOrAdd(ReadOnlySpan<byte> text)
    {
        if (_slots.Length <= _entries.Count * 2)
        {
            Grow();
        }

        ulong hash = KeyHash.Compute(text);
        int mask = _slots.Length - 1;
        int slot = (int)hash & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            int code = _slots[slot] - 1;
            if (_hashes[code] == hash && GetText(code).SequenceEqual(text))
            {
                return code;
            }
        }

        _entries.Add(_texts.Append(text));
        _hashes.Add(hash);
        _slots[slot] = _entries.Count;
        return _entries.Count - 1;
    }

    private void Grow()
    {
        _slots = new int[Math.Max(64, _slots.Length * 2)];
        int mask = _slots.Length - 1;
        for (int code = 0; code < _entries.Count; code++)
        {
            int slot = (int)_hashes[code] & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = code + 1;
        }
    }
}
