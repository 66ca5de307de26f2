using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Tests.Indexing;

public sealed class SeriesSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Set_operations_agree_with_those_of_sorted_sets(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 40; round++)
        {
            SortedSet<int> left = RandomNumbers(random);
            SortedSet<int> right = RandomNumbers(random);
            SeriesSet leftSet = SeriesSet.Of([.. left]);
            SeriesSet rightSet = SeriesSet.Of([.. right]);
            string because = $"seed {seed}, round {round}";
            AssertSame(left.Intersect(right), leftSet.And(rightSet), because);
            AssertSame(left.Union(right), leftSet.Or(rightSet), because);
            AssertSame(left.Except(right), leftSet.AndNot(rightSet), because);
            for (int i = 0; i < 200; i++)
            {
                int number = random.Next(0, 4 * Container.Span);
                Assert.Equal(left.Contains(number), leftSet.Contains(number));
            }
        }
    }

    [Theory]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 65_535 })]
    [InlineData(new[] { 65_535, 65_536 })]
    [InlineData(new[] { 0, 63, 64, 127, 128, 65_535, 65_536, 131_071, 131_072 })]
    public void Numbers_at_the_edges_of_words_and_containers_stay(int[] numbers)
    {
        SeriesSet set = SeriesSet.Of(numbers);

        Assert.Equal(numbers, set.ToArray());
        Assert.Equal(numbers.Length, set.Count);
        AssertSame([], set.AndNot(set), "less itself");
        AssertSame(numbers, set.And(SeriesSet.All(200_000)), "and all");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_000)]
    public void All_series_are_runs(int count)
    {
        SeriesSet all = SeriesSet.All(count);

        Assert.Equal(count, all.Count);
        Assert.Equal(Enumerable.Range(0, count), all.ToArray());
        Assert.False(all.Contains(count));
        Assert.True(all.SizeBytes < 1024);
    }

    [Fact]
    public void A_container_takes_the_smallest_of_its_forms()
    {
        Assert.Equal(ContainerForm.Array, FormOf(i => i % 16 == 0 && i < 65_520));
        Assert.Equal(ContainerForm.Array, FormOf(i => i % 16 == 0)); // 4 096 numbers: as large as the bits
        Assert.Equal(ContainerForm.Bitmap, FormOf(i => i % 15 == 0));
        Assert.Equal(ContainerForm.Bitmap, FormOf(i => i % 4 < 2));
        Assert.Equal(ContainerForm.Runs, FormOf(i => i % 64 < 32));
        Assert.Equal(ContainerForm.Runs, FormOf(_ => true));
        Assert.Null(Container.FromWords(new ulong[Container.WordCount]));
    }

    private static ContainerForm FormOf(Func<int, bool> has)
    {
        ulong[] words = new ulong[Container.WordCount];
        List<int> expected = [];
        for (int i = 0; i < Container.Span; i++)
        {
            if (has(i))
            {
                words[i / 64] |= 1UL << (i % 64);
                expected.Add(i);
            }
        }

        Container container = Container.FromWords(words)!;
        int[] numbers = new int[container.Count];
        container.CopyTo(numbers, 0);
        Assert.Equal(expected, numbers);
        return container.Form;
    }

    private static void AssertSame(IEnumerable<int> expected, SeriesSet actual, string because) =>
        Assert.True(expected.Order().SequenceEqual(actual.ToArray()), because);

    // Sparse, dense and in runs, over up to three containers with holes between.
    private static SortedSet<int> RandomNumbers(Random random)
    {
        SortedSet<int> numbers = [];
        for (int container = 0; container < 3; container++)
        {
            int first = container * Container.Span;
            int form = random.Next(4);
            int count = form == 0 ? 0 : form == 1 ? random.Next(1, 300) : random.Next(4_000, 9_000);
            for (int i = 0; i < count && form < 3; i++)
            {
                numbers.Add(first + random.Next(Container.Span));
            }

            for (int i = 0; i < 20 && form == 3; i++)
            {
                int start = random.Next(Container.Span);
                int end = Math.Min(Container.Span, start + random.Next(1, 2_000));
                numbers.UnionWith(Enumerable.Range(first + start, end - start));
            }
        }

        return numbers;
    }
}
