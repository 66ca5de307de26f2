using System.Text;

namespace Tsdb.Storage.Indexing;

/// <summary>One tag key of one table: its distinct values and each series' value.</summary>
/// <remarks>One writer at a time (the catalog's lock); readers need no lock.</remarks>
internal sealed class TagKeyIndex(string key, NativeHeap memory, TextHeap texts)
{
    private const int ChunksPerContainer = Container.Span / ForwardChunk.CodeCountMax;
    private const int WordsPerChunk = ForwardChunk.CodeCountMax / 64;

    private readonly byte[] _keyText = Encoding.UTF8.GetBytes(key);
    private int _seriesCount;

    public string Key { get; } = key;

    /// <summary>The key in UTF-8.</summary>
    public ReadOnlySpan<byte> KeyText => _keyText;

    public TagDictionary Values { get; } = new(memory, texts);

    public ForwardColumn Series { get; } = new(memory);

    /// <summary>Series that carry the key.</summary>
    public int SeriesCount => Volatile.Read(ref _seriesCount);

    /// <summary>Notes a new series' value. Ordinals ascend.</summary>
    public void AddSeries(int ordinal, int valueId)
    {
        Series.Set(ordinal, valueId);
        Volatile.Write(ref _seriesCount, _seriesCount + 1);
    }

    /// <summary>The series below <paramref name="seriesCount"/> that carry a value.</summary>
    public SeriesSet FindSeries(int valueId, int seriesCount)
    {
        uint code = (uint)valueId + 1;
        return Scan(seriesCount, chunk => chunk.MayHave(code, code), (chunk, bits) =>
            ForwardScan.Match(chunk, code, bits));
    }

    /// <summary>The series below <paramref name="seriesCount"/> that carry one of some values.</summary>
    /// <param name="values">A bit for each value id; ids beyond are not in the set.</param>
    /// <param name="seriesCount">How many series to look at.</param>
    public SeriesSet FindSeriesWithAny(ulong[] values, int seriesCount) => Scan(
        seriesCount, static _ => true, (chunk, bits) => ForwardScan.MatchAny(chunk, values, bits));

    /// <summary>The series below <paramref name="seriesCount"/> that carry any value.</summary>
    public SeriesSet FindSeriesWithKey(int seriesCount) =>
        Scan(seriesCount, static _ => true, ForwardScan.MatchPresent);

    private SeriesSet Scan(
        int seriesCount, Predicate<ForwardChunk> mayMatch, Action<ForwardChunk, Span<ulong>> match)
    {
        Container?[] containers = new Container?[Container.CountFor(seriesCount)];
        ulong[] words = new ulong[Container.WordCount];
        for (int i = 0; i < containers.Length; i++)
        {
            bool isTouched = false;
            for (int j = 0; j < ChunksPerContainer; j++)
            {
                if (Series.GetChunk((i * ChunksPerContainer) + j) is { } chunk && mayMatch(chunk))
                {
                    isTouched = true;
                    match(chunk, words.AsSpan(j * WordsPerChunk, WordsPerChunk));
                }
            }

            if (isTouched)
            {
                ClearFrom(words, seriesCount - (i * Container.Span));
                containers[i] = Container.FromWords(words);
                Array.Clear(words);
            }
        }

        return new SeriesSet(containers);
    }

    // Series that came later than the view may be in the chunks already.
    private static void ClearFrom(Span<ulong> words, int end)
    {
        if (end < Container.Span)
        {
            words[end / 64] &= (1UL << (end % 64)) - 1;
            words[((end / 64) + 1)..].Clear();
        }
    }
}
