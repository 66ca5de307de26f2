using System.Runtime.InteropServices;

namespace Tsdb.Core;

/// <summary>
/// Takes a series key apart: line protocol's series part, <c>table,tag=value,tag=value</c>, as a sender wrote
/// it or as <see cref="SeriesKeyWriter"/> did.
/// </summary>
/// <remarks>
/// One rule for table names, tag keys and tag values: a backslash before ',', '=' or ' ' is dropped and that
/// byte belongs to the text; any other backslash is itself. An unescaped '=' may stand in the table's name
/// only, an unescaped ' ' nowhere. The byte 0xFF, which no UTF-8 text contains, is skipped: the writer puts
/// it behind a text that ends with a backslash, so that the backslash does not escape what follows.
/// </remarks>
public static class SeriesKeyReader
{
    internal const byte Guard = 0xFF;

    /// <summary>
    /// Reads the whole key. O(length + tags²): tags are few and mostly come in order. Allocates nothing once
    /// <paramref name="texts"/> and <paramref name="tags"/> have grown.
    /// </summary>
    /// <param name="key">The key's bytes.</param>
    /// <param name="texts">The unescaped texts are appended here.</param>
    /// <param name="tags">Cleared; then the tags, ascending by the bytes of their keys.</param>
    /// <param name="table">Where the table's name lies in <paramref name="texts"/>.</param>
    /// <returns>
    /// False when the key is malformed: a text is empty, a tag lacks its '=', a tag key comes twice, or there
    /// is an unescaped ' ' or a second '='. UTF-8 and lengths are not checked.
    /// </returns>
    public static bool TryRead(
        ReadOnlySpan<byte> key, ByteSlab texts, List<SeriesTag> tags, out TextSpan table)
    {
        tags.Clear();
        if (!key.ContainsAny((byte)'\\', Guard))
        {
            return TryReadPlain(key, texts, tags, out table);
        }

        int position = 0;
        if (!TryReadText(key, ref position, texts, isTable: true, out table))
        {
            return false;
        }

        while (position < key.Length)
        {
            position++; // The ',' at which the text before ended.
            if (!TryReadText(key, ref position, texts, isTable: false, out TextSpan tagKey)
                || position == key.Length || key[position] != '=')
            {
                return false;
            }

            position++;
            if (!TryReadText(key, ref position, texts, isTable: false, out TextSpan value)
                || (position < key.Length && key[position] != ','))
            {
                return false;
            }

            tags.Add(new SeriesTag(tagKey, value));
        }

        return TrySort(CollectionsMarshal.AsSpan(tags), texts.Span);
    }

    /// <summary>As <see cref="TryRead"/> for keys that mean what they say byte by byte, as nearly all
    /// do.</summary>
    private static bool TryReadPlain(
        ReadOnlySpan<byte> key, ByteSlab texts, List<SeriesTag> tags, out TextSpan table)
    {
        int origin = texts.Append(key).OffsetBytes;
        int tableSizeBytes = key.IndexOfAny((byte)',', (byte)' ');
        tableSizeBytes = tableSizeBytes < 0 ? key.Length : tableSizeBytes;
        table = new TextSpan(origin, tableSizeBytes);
        if (tableSizeBytes == 0 || (tableSizeBytes < key.Length && key[tableSizeBytes] == ' '))
        {
            return false;
        }

        for (int position = tableSizeBytes; position < key.Length;)
        {
            int keyStart = position + 1; // Behind the ','.
            int keySizeBytes = key[keyStart..].IndexOfAny((byte)',', (byte)'=', (byte)' ');
            if (keySizeBytes <= 0 || key[keyStart + keySizeBytes] != '=')
            {
                return false;
            }

            int valueStart = keyStart + keySizeBytes + 1;
            int valueSizeBytes = key[valueStart..].IndexOfAny((byte)',', (byte)'=', (byte)' ');
            valueSizeBytes = valueSizeBytes < 0 ? key.Length - valueStart : valueSizeBytes;
            position = valueStart + valueSizeBytes;
            if (valueSizeBytes == 0 || (position < key.Length && key[position] != ','))
            {
                return false;
            }

            tags.Add(new SeriesTag(
                new TextSpan(origin + keyStart, keySizeBytes),
                new TextSpan(origin + valueStart, valueSizeBytes)));
        }

        return TrySort(CollectionsMarshal.AsSpan(tags), texts.Span);
    }

    /// <summary>Whether a backslash before <paramref name="value"/> is an escape.</summary>
    public static bool IsEscapable(byte value) => value is (byte)',' or (byte)'=' or (byte)' ';

    /// <summary>
    /// Reads one text up to the byte that ends it or the key's end; false when it is empty or has a space.
    /// </summary>
    private static bool TryReadText(
        ReadOnlySpan<byte> key, ref int position, ByteSlab texts, bool isTable, out TextSpan text)
    {
        int offsetBytes = texts.SizeBytes;
        Span<byte> target = texts.Reserve(key.Length - position);
        int sizeBytes = 0;
        int index = position;
        while (index < key.Length)
        {
            byte value = key[index];
            if (value == '\\' && index + 1 < key.Length && IsEscapable(key[index + 1]))
            {
                value = key[++index];
            }
            else if (value == Guard)
            {
                index++;
                continue;
            }
            else if (IsEscapable(value) && !(isTable && value == '='))
            {
                break;
            }

            target[sizeBytes++] = value;
            index++;
        }

        texts.Advance(sizeBytes);
        text = new TextSpan(offsetBytes, sizeBytes);
        position = index;
        return sizeBytes > 0 && (index == key.Length || key[index] != ' ');
    }

    private static bool TrySort(Span<SeriesTag> tags, ReadOnlySpan<byte> slab)
    {
        for (int i = 1; i < tags.Length; i++)
        {
            SeriesTag tag = tags[i];
            ReadOnlySpan<byte> tagKey = tag.Key.In(slab);
            int target = i;
            int order = 1;
            while (target > 0 && (order = tagKey.SequenceCompareTo(tags[target - 1].Key.In(slab))) < 0)
            {
                tags[target] = tags[target - 1];
                target--;
            }

            if (order == 0)
            {
                return false;
            }

            tags[target] = tag;
        }

        return true;
    }
}
