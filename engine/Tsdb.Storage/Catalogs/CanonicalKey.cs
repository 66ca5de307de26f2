using System.Runtime.InteropServices;
using System.Text;
using Tsdb.Core;

namespace Tsdb.Storage.Catalogs;

/// <summary>The one spelling of a series key under which every other is found: tags ascending, escapes as
/// needed.</summary>
internal static class CanonicalKey
{
    /// <param name="target">Cleared by the caller; gets the key.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="texts">Where the tags' texts lie.</param>
    /// <param name="tags">Any order; sorted here.</param>
    public static void Write(ByteSlab target, string table, ByteSlab texts, List<SeriesTag> tags)
    {
        tags.Sort((left, right) => left.Key.In(texts.Span).SequenceCompareTo(right.Key.In(texts.Span)));
        SeriesKeyWriter.Append(
            target, Encoding.UTF8.GetBytes(table), texts.Span, CollectionsMarshal.AsSpan(tags));
    }
}
