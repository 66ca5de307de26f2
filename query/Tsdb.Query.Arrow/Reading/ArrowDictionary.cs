using System.Text.Unicode;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>The texts of one dictionary of a stream: copies, that deltas add to.</summary>
internal sealed class ArrowDictionary
{
    // Memory of an entry beside its text.
    private const int EntrySizeBytes = 16;

    private ByteSlab _texts = new();
    private List<TextSpan> _entries = [];
    private HashSet<int> _unusable = [];

    public int Count => _entries.Count;

    /// <summary>Memory taken, about.</summary>
    public long SizeBytes => _texts.SizeBytes + ((long)EntrySizeBytes * _entries.Count);

    /// <summary>Length of the longest text.</summary>
    public int LongestBytes { get; private set; }

    /// <summary>Changes when a number no longer stands for the text that it stood for.</summary>
    public int Version { get; private set; }

    /// <summary>The text of a number below <see cref="Count"/>; empty for null.</summary>
    public ReadOnlySpan<byte> GetText(int number) => _entries[number].In(_texts.Span);

    /// <summary>Whether an entry is null or no UTF-8.</summary>
    public bool MayHaveNulls => _unusable.Count > 0;

    /// <summary>Whether the entry is null.</summary>
    public bool IsNull(int number) => _unusable.Count > 0 && _unusable.Contains(~number);

    /// <summary>Whether the entry is no UTF-8.</summary>
    public bool IsInvalid(int number) => _unusable.Count > 0 && _unusable.Contains(number);

    /// <summary>Takes a dictionary batch.</summary>
    /// <param name="texts">The entries.</param>
    /// <param name="isDelta">Whether they are added; they replace all otherwise.</param>
    /// <param name="sizeBytesMax">Most that the dictionary may take.</param>
    /// <exception cref="ArrowInputException">It is malformed or too large.</exception>
    public void Load(ArrowTexts texts, bool isDelta, long sizeBytesMax)
    {
        if (isDelta || Count == 0)
        {
            Append(texts, sizeBytesMax);
            return;
        }

        // Some senders repeat a dictionary before each batch: then its numbers still hold.
        ArrowDictionary next = new();
        next.Append(texts, sizeBytesMax);
        bool isSame = Count <= next.Count
            && _texts.SizeBytes <= next._texts.SizeBytes
            && _texts.Span.SequenceEqual(next._texts.Span[.._texts.SizeBytes]);
        for (int i = 0; i < Count && isSame; i++)
        {
            isSame = _entries[i] == next._entries[i] && IsNull(i) == next.IsNull(i);
        }

        (_texts, _entries, _unusable) = (next._texts, next._entries, next._unusable);
        LongestBytes = next.LongestBytes;
        Version += isSame ? 0 : 1;
    }

    private void Append(ArrowTexts texts, long sizeBytesMax)
    {
        bool isValid = true;
        int firstNumber = Count;
        for (int row = 0; row < texts.RowCount; row++)
        {
            ReadOnlySpan<byte> text = texts.GetText(row, out bool isNull);
            if (isNull)
            {
                _unusable.Add(~Count);
            }

            LongestBytes = Math.Max(LongestBytes, text.Length);
            isValid &= Utf8.IsValid(text);
            if (SizeBytes + text.Length > sizeBytesMax)
            {
                throw new ArrowInputException(
                    "the Arrow dictionaries in one stream take more than their limit; send fewer texts");
            }

            _entries.Add(_texts.Append(text));
        }

        for (int number = firstNumber; number < Count && !isValid; number++)
        {
            if (!Utf8.IsValid(GetText(number)))
            {
                _unusable.Add(number);
            }
        }
    }
}
