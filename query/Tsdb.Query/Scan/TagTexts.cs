using System.Collections;
using Tsdb.Storage;

namespace Tsdb.Query.Scan;

/// <summary>
/// The values of one tag key as the text list of a column: a row's word is the value's id. A string is made
/// when a value is first asked for, and kept: those of a query are few beside those of the index.
/// </summary>
/// <remarks>Thread safe: two threads may make the same string, either will do.</remarks>
internal sealed class TagTexts : IReadOnlyList<string>
{
    private const int PageShift = 8;
    private const int PageSize = 1 << PageShift;

    // A string's object, its characters and the page's reference, for names of some twenty characters.
    private const int TextSizeBytes = 72;

    private readonly TagIndex _tags;
    private readonly QueryContext? _context;
    private readonly int _key;
    private readonly string?[]?[] _pages;

    public TagTexts(TagIndex tags, int key, QueryContext? context)
    {
        _tags = tags;
        _context = context;
        _key = key;
        Count = tags.GetValueCount(key);
        _pages = new string?[]?[(Count + PageSize - 1) >> PageShift];
    }

    public int Count { get; }

    public string this[int index]
    {
        get
        {
            string?[]? page = Volatile.Read(ref _pages[index >> PageShift]);
            if (page is null)
            {
                _context?.Charge(PageSize * TextSizeBytes);
                page = new string?[PageSize];
                page = Interlocked.CompareExchange(ref _pages[index >> PageShift], page, null) ?? page;
            }

            ref string? text = ref page[index & (PageSize - 1)];
            return Volatile.Read(ref text) ?? Make(ref text, index);
        }
    }

    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string Make(ref string? text, int index)
    {
        string made = _tags.GetValue(_key, index);
        Volatile.Write(ref text, made);
        return made;
    }
}
