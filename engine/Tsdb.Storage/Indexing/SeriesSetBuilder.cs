namespace Tsdb.Storage.Indexing;

/// <summary>Gathers ordinals or bits into a <see cref="SeriesSet"/>.</summary>
internal sealed class SeriesSetBuilder
{
    private ulong[]?[] _words = [];

    public void Add(int ordinal)
    {
        ulong[] words = WordsOf(ordinal / Container.Span);
        int number = ordinal % Container.Span;
        words[number / 64] |= 1UL << (number % 64);
    }

    public void Add(SeriesSet set)
    {
        for (int i = 0; i < set.Containers.Length; i++)
        {
            set.Containers[i]?.OrInto(WordsOf(i));
        }
    }

    /// <summary>The bits of the series from <paramref name="index"/> · 65 536 on, to be set.</summary>
    public ulong[] WordsOf(int index)
    {
        if (index >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(index + 1, _words.Length * 2));
        }

        return _words[index] ??= new ulong[Container.WordCount];
    }

    public SeriesSet Build()
    {
        Container?[] containers = new Container?[_words.Length];
        for (int i = 0; i < containers.Length; i++)
        {
            containers[i] = _words[i] is { } words ? Container.FromWords(words) : null;
        }

        return new SeriesSet(containers);
    }
}
