using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Tsdb.Core;

namespace Tsdb.Query.Arrow;

/// <summary>
/// The dictionary of one column of a stream: the texts sent so far, numbered in order of first use. It only
/// grows, so that a reader which applies the newest dictionary to earlier batches is still right; past
/// <see cref="TextCountMax"/> it starts anew, which bounds what each growth sends again.
/// </summary>
internal sealed class TextDictionary
{
    /// <summary>Texts after which the dictionary starts anew with the next batch.</summary>
    public const int TextCountMax = 16_384;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly ByteSlab _bytes = new();
    private readonly List<int> _ends = [];
    private IReadOnlyList<string>? _source;
    private int[] _idOfText = [];
    private byte[] _arrowOffsets = new byte[sizeof(int)];
    private byte[] _arrowTexts = [];

    /// <summary>Forgets all if so many texts have gathered that sending them again costs too much.</summary>
    /// <returns>Whether it started anew.</returns>
    public bool StartAnewIfLarge()
    {
        if (_ends.Count <= TextCountMax)
        {
            return false;
        }

        _ids.Clear();
        _ends.Clear();
        _bytes.Clear();
        _source = null;
        _arrowOffsets = [];
        return true;
    }

    /// <summary>Writes each row's number; unknown texts are added.</summary>
    /// <returns>Whether the dictionary grew.</returns>
    public bool Translate(ColumnVector column, int firstRow, Span<int> indexes)
    {
        Follow(column.Texts);
        int countBefore = _ends.Count;
        ReadOnlySpan<ulong> words = column.Words.AsSpan(firstRow, indexes.Length);
        for (int i = 0; i < words.Length; i++)
        {
            indexes[i] = column.IsNull(firstRow + i) ? 0 : Find((int)words[i]);
        }

        return _ends.Count != countBefore;
    }

    /// <summary>
    /// The dictionary as an Arrow array, the caller's; its bytes are shared until it grows.
    /// </summary>
    public StringArray ToArray()
    {
        if (_arrowOffsets.Length != (_ends.Count + 1) * sizeof(int))
        {
            _arrowOffsets = new byte[(_ends.Count + 1) * sizeof(int)];
            Span<int> offsets = MemoryMarshal.Cast<byte, int>(_arrowOffsets.AsSpan());
            CollectionsMarshal.AsSpan(_ends).CopyTo(offsets[1..]);
            _arrowTexts = _bytes.Span.ToArray();
        }

        return new StringArray(
            _ends.Count, new ArrowBuffer(_arrowOffsets), new ArrowBuffer(_arrowTexts), ArrowBuffer.Empty);
    }

    private void Follow(IReadOnlyList<string> texts)
    {
        if (!ReferenceEquals(texts, _source))
        {
            _source = texts;
            System.Array.Clear(_idOfText);
        }

        if (_idOfText.Length < texts.Count)
        {
            System.Array.Resize(ref _idOfText, Math.Max(texts.Count, _idOfText.Length * 2));
        }
    }

    // Entries of _idOfText are ids + 1, so that a cleared array means "not seen".
    private int Find(int textIndex)
    {
        int known = _idOfText[textIndex];
        return known != 0 ? known - 1 : Add(textIndex);
    }

    private int Add(int textIndex)
    {
        string text = _source![textIndex];
        if (!_ids.TryGetValue(text, out int id))
        {
            id = _ends.Count;
            _ids.Add(text, id);
            int sizeBytesMax = Encoding.UTF8.GetMaxByteCount(text.Length);
            _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.Reserve(sizeBytesMax)));
            _ends.Add(_bytes.SizeBytes);
        }

        _idOfText[textIndex] = id + 1;
        return id;
    }
}
