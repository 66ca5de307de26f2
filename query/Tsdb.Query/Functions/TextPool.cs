using System.Buffers;
using System.Collections;
using System.Text;

namespace Tsdb.Query.Functions;

/// <summary>The distinct texts of one column, in order of first appearance. Only grows; one thread.</summary>
internal sealed class TextPool : IReadOnlyList<string>
{
    // What a text costs beside its characters: object, list and hash entries.
    private const int TextOverheadBytes = 80;

    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private long _chargedBytes;

    public TextPool() => _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _texts.Count;

    /// <summary>About what the texts take.</summary>
    public long SizeBytes { get; private set; }

    public string this[int index] => _texts[index];

    public int Intern(string text)
    {
        if (!_ids.TryGetValue(text, out int id))
        {
            id = Add(text);
        }

        return id;
    }

    /// <summary>Finds or adds a text given as UTF-8.</summary>
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        char[]? rented = null;
        Span<char> chars = utf8.Length <= 256
            ? stackalloc char[256]
            : (rented = ArrayPool<char>.Shared.Rent(utf8.Length));
        int charCount = Encoding.UTF8.GetChars(utf8, chars);
        ReadOnlySpan<char> text = chars[..charCount];
        if (!_lookup.TryGetValue(text, out int id))
        {
            id = Add(text.ToString());
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return id;
    }

    /// <summary>Charges the query for what was added since the last time.</summary>
    public void ChargeGrowth(QueryContext context)
    {
        long addedBytes = SizeBytes - _chargedBytes;
        if (addedBytes > 0)
        {
            _chargedBytes = SizeBytes;
            context.Charge(addedBytes);
        }
    }

    public IEnumerator<string> GetEnumerator() => _texts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Add(string text)
    {
        int id = _texts.Count;
        _texts.Add(text);
        _ids.Add(text, id);
        SizeBytes += (text.Length * sizeof(char)) + TextOverheadBytes;
        return id;
    }
}
