using System.Runtime.InteropServices;
using System.Text;
using Tsdb.Core;

namespace Tsdb.Client.Writing;

/// <summary>The tag sets of a writer, numbered in the order in which they came. Thread safe.</summary>
internal sealed class SeriesTexts
{
    private readonly Lock _gate = new();
    private readonly byte[][] _tagNames;
    private readonly int[] _order;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ByteSlab _texts = new();
    private readonly ByteSlab _parts = new();
    private readonly ByteSlab _key = new();
    private readonly List<SeriesTag> _tags = [];
    private readonly List<int> _offsets = [0];

    public SeriesTexts(IReadOnlyList<string> tags)
    {
        _tagNames = [.. tags.Select(Encoding.UTF8.GetBytes)];
        _order = [.. Enumerable.Range(0, tags.Count)];
        Array.Sort(_order, (left, right) => _tagNames[left].AsSpan().SequenceCompareTo(_tagNames[right]));
    }

    /// <summary>Tag sets known.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _offsets.Count - 1;
            }
        }
    }

    public int FindOrAdd(ReadOnlySpan<string?> values)
    {
        if (values.Length != _tagNames.Length)
        {
            throw new ArgumentException($"{values.Length} values for {_tagNames.Length} tags");
        }

        lock (_gate)
        {
            WriteKey(values);
            string text = Encoding.UTF8.GetString(_key.Span);
            ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, text, out bool isKnown);
            if (!isKnown)
            {
                number = _offsets.Count - 1;
                _texts.Append(_key.Span);
                _offsets.Add(_texts.SizeBytes);
            }

            return number;
        }
    }

    /// <summary>Gives the texts of the numbers from <paramref name="first"/> on to an action.</summary>
    public int Read(int first, TextsReader reader)
    {
        lock (_gate)
        {
            reader(CollectionsMarshal.AsSpan(_offsets)[first..], _texts.Span);
            return _offsets.Count - 1;
        }
    }

    // As line protocol spells a series, without its table.
    private void WriteKey(ReadOnlySpan<string?> values)
    {
        _parts.Clear();
        _tags.Clear();
        _key.Clear();
        foreach (int tag in _order)
        {
            if (!string.IsNullOrEmpty(values[tag]))
            {
                TextSpan name = _parts.Append(_tagNames[tag]);
                _tags.Add(new SeriesTag(name, _parts.Append(Encoding.UTF8.GetBytes(values[tag]!))));
            }
        }

        ByteSlab whole = new();
        SeriesKeyWriter.Append(whole, "t"u8, _parts.Span, CollectionsMarshal.AsSpan(_tags));
        _key.Append(whole.Span[Math.Min(whole.SizeBytes, "t,".Length)..]);
    }
}
