namespace Tsdb.Storage.Reading;

/// <summary>Moves a stretch of a presence bitmap so that its first row is bit 0.</summary>
internal static class PresenceBits
{
    /// <summary>The bits of the rows; a view where they are aligned, else a copy in
    /// <paramref name="target"/>.</summary>
    public static ReadOnlySpan<ulong> From(
        ReadOnlySpan<ulong> words, int firstRow, int rowCount, Span<ulong> target)
    {
        int shift = firstRow & 63;
        int firstWord = firstRow >> 6;
        int wordCount = (rowCount + 63) / 64;
        if (shift == 0)
        {
            return words.Slice(firstWord, wordCount);
        }

        for (int word = 0; word < wordCount; word++)
        {
            int from = firstWord + word;
            ulong next = from + 1 < words.Length ? words[from + 1] : 0;
            target[word] = (words[from] >> shift) | (next << (64 - shift));
        }

        return target[..wordCount];
    }
}
