using System.Collections;
using Tsdb.Storage;

namespace Tsdb.Query.Scan;

/// <summary>The values of one tag key as the text list of a column: a row's word is the value's id.</summary>
internal sealed class TagTexts(TagIndex tags, int key) : IReadOnlyList<string>
{
    public int Count { get; } = tags.GetValueCount(key);

    public string this[int index] => tags.GetValue(key, index);

    public IEnumerator<string> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
