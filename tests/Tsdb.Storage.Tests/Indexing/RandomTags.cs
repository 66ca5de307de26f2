using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Tests.Indexing;

/// <summary>
/// A table of random series: keys of few, of many and of unique values, absences, and a key that only the
/// later series have; beside it the same as plain lists.
/// </summary>
internal sealed class RandomTags
{
    public const int KeyCount = 5;

    private readonly List<int>[] _valueIds = [[], [], [], [], []];

    public RandomTags(Random random, int seriesCount)
    {
        NativeHeap memory = new(null);
        Table = new TableTags(memory, new TextHeap(memory));
        int[] valueCounts = [3, 400, 70_000, seriesCount, 10];
        int[] valueIds = new int[KeyCount];
        for (int key = 0; key < KeyCount - 1; key++)
        {
            AddKey(key, valueCounts[key]);
        }

        for (int i = 0; i < seriesCount; i++)
        {
            if (i == seriesCount / 2)
            {
                AddKey(KeyCount - 1, valueCounts[^1]);
            }

            for (int key = 0; key < KeyCount; key++)
            {
                bool isAbsent = random.Next(10) == 0 || key >= Table.Keys.Length;
                valueIds[key] = isAbsent ? -1 : key == 3 ? i : random.Next(valueCounts[key]);
                _valueIds[key].Add(valueIds[key]);
            }

            Table.AddSeries(new SeriesId((uint)i), valueIds.AsSpan(0, Table.Keys.Length));
        }
    }

    public TableTags Table { get; }

    public IEnumerable<int> Find(int key, Func<int, bool> matches) =>
        Enumerable.Range(0, _valueIds[key].Count).Where(ordinal => matches(_valueIds[key][ordinal]));

    private void AddKey(int key, int valueCount)
    {
        Assert.Equal(key, Table.AddKey($"k{key}"));
        for (int value = 0; value < valueCount; value++)
        {
            Table.Keys[key].Values.Add(Encoding.UTF8.GetBytes($"v{value}"));
        }
    }
}
