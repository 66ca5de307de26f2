namespace Tsdb.Core;

/// <summary>Writes a series key's canonical text, the inverse of <see cref="SeriesKeyReader"/>.</summary>
public static class SeriesKeyWriter
{
    /// <summary>
    /// Appends <c>table,tag=value,...</c>, escaped. The same table and tags always give the same bytes, and
    /// reading them gives back the same table and tags, whatever bytes below 0xFF they hold.
    /// </summary>
    /// <param name="target">Gets the key; may be the slab that <paramref name="texts"/> views.</param>
    /// <param name="table">The table's name, unescaped, not empty.</param>
    /// <param name="texts">The slab's bytes in which the tags lie.</param>
    /// <param name="tags">
    /// Ascending by key, no key twice, as <see cref="SeriesKeyReader.TryRead"/> leaves them. A tag whose
    /// value is empty is the same as no tag, and is left out.
    /// </param>
    /// <returns>Where the key lies in <paramref name="target"/>.</returns>
    public static TextSpan Append(
        ByteSlab target, ReadOnlySpan<byte> table, ReadOnlySpan<byte> texts, ReadOnlySpan<SeriesTag> tags)
    {
        Invariant.Holds(!table.IsEmpty);
        int offsetBytes = target.SizeBytes;
        AppendEscaped(target, table);
        ReadOnlySpan<byte> previousKey = default;
        foreach (SeriesTag tag in tags)
        {
            ReadOnlySpan<byte> key = tag.Key.In(texts);
            Invariant.Holds(previousKey.SequenceCompareTo(key) < 0);
            previousKey = key;
            if (tag.Value.SizeBytes == 0)
            {
                continue;
            }

            AppendByte(target, (byte)',');
            AppendEscaped(target, key);
            AppendByte(target, (byte)'=');
            AppendEscaped(target, tag.Value.In(texts));
        }

        return new TextSpan(offsetBytes, target.SizeBytes - offsetBytes);
    }

    private static void AppendByte(ByteSlab target, byte value)
    {
        target.Reserve(1)[0] = value;
        target.Advance(1);
    }

    private static void AppendEscaped(ByteSlab target, ReadOnlySpan<byte> text)
    {
        Span<byte> room = target.Reserve((2 * text.Length) + 1);
        int sizeBytes = 0;
        foreach (byte value in text)
        {
            if (SeriesKeyReader.IsEscapable(value))
            {
                room[sizeBytes++] = (byte)'\\';
            }

            room[sizeBytes++] = value;
        }

        if (!text.IsEmpty && text[^1] == '\\')
        {
            room[sizeBytes++] = SeriesKeyReader.Guard;
        }

        target.Advance(sizeBytes);
    }
}
