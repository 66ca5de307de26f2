using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tsdb.Core;
using Tsdb.Storage;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Bench.Micro.Catalogs;

/// <summary>
/// The catalogue with many series of TSBS's ten tags: what it costs to make them, to find them, to keep
/// them and to read them back. Run as <c>--catalogue COUNT</c>.
/// </summary>
internal sealed class CatalogueReport
{
    private const int GroupCount = 32;

    private readonly int _seriesCount;
    private readonly ByteSlab _keyTexts = new();
    private readonly TextSpan[] _keys;
    private readonly ulong[] _hashes;
    private readonly CatalogStore _catalog = new(shardCount: 16);

    private CatalogueReport(int seriesCount)
    {
        _seriesCount = seriesCount;
        _keys = new TextSpan[seriesCount];
        _hashes = new ulong[seriesCount];
        for (int i = 0; i < seriesCount; i++)
        {
            string region = string.Create(CultureInfo.InvariantCulture, $"eu-central-{i % 9}");
            string key = string.Create(
                CultureInfo.InvariantCulture,
                $"cpu,hostname=host_{i},region={region},datacenter={region}a,rack={i % 100},"
                + $"os=Ubuntu16.{i % 3}LTS,arch=x64,team=T{i % 4},service={i % 20},service_version={i % 2},"
                + $"service_environment=production");
            _keys[i] = _keyTexts.Append(Encoding.UTF8.GetBytes(key));
            _hashes[i] = KeyHash.Compute(KeyOf(i));
        }
    }

    public static void Run(int seriesCount)
    {
        long heapBefore = GC.GetTotalMemory(forceFullCollection: true);
        CatalogueReport report = new(seriesCount);
        long keyHeap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore;
        ByteSlab definitions = report.Create();
        report.Look("find, one by one", prefetches: false);
        report.Look("find, groups of 32 fetched ahead", prefetches: true);
        report.PrintMemory(heapBefore + keyHeap, definitions.SizeBytes);
        report.Select();
        report.Reopen(definitions);
    }

    private static void Print(string name, double value, string unit) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{name,-44} {value,12:F3} {unit}"));

    private ReadOnlySpan<byte> KeyOf(int series) => _keys[series].In(_keyTexts.Span);

    private ByteSlab Create()
    {
        SeriesCreator creator = new(_catalog, new StorageOptions());
        ByteSlab definitions = new();
        TableState table = _catalog.AddTable("cpu");
        Stopwatch watch = Stopwatch.StartNew();
        long longestTicks = 0;
        for (int i = 0; i < _seriesCount; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Invariant.Holds(
                creator.FindOrAdd(KeyOf(i), _hashes[i], table, out _, out _) == RejectReason.None);
            longestTicks = Math.Max(longestTicks, Stopwatch.GetTimestamp() - start);
            if (i % 10_000 == 0)
            {
                _catalog.DrainDefinitions(definitions);
            }
        }

        Print("create", watch.Elapsed.TotalMicroseconds / _seriesCount, "µs/series");
        Print("longest of these", Stopwatch.GetElapsedTime(0, longestTicks).TotalMicroseconds, "µs");
        _catalog.DrainDefinitions(definitions);
        return definitions;
    }

    private void Look(string name, bool prefetches)
    {
        int[] order = [.. Enumerable.Range(0, _seriesCount)];
        new Random(7).Shuffle(order);
        Stopwatch watch = Stopwatch.StartNew();
        for (int first = 0; first + GroupCount <= order.Length; first += GroupCount)
        {
            ReadOnlySpan<int> group = order.AsSpan(first, GroupCount);
            for (int i = 0; i < GroupCount && prefetches; i++)
            {
                _catalog.Keys.Prefetch(_hashes[group[i]]);
            }

            for (int i = 0; i < GroupCount && prefetches; i++)
            {
                _catalog.Keys.PrefetchKey(_hashes[group[i]]);
            }

            foreach (int series in group)
            {
                Invariant.Holds(_catalog.Keys.TryFind(KeyOf(series), _hashes[series], out _));
            }
        }

        Print(name, watch.Elapsed.TotalNanoseconds / _seriesCount, "ns/key");
    }

    private void PrintMemory(long heapBefore, long definitionSizeBytes)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long heap = GC.GetTotalMemory(forceFullCollection: true) - heapBefore - definitionSizeBytes;
        double textSizeBytes = _catalog.Keys.TextSizeBytes;
        Print("native memory", (double)_catalog.Memory.UsedBytes / _seriesCount, "B/series");
        Print("  of which spelled keys' text", textSizeBytes / _seriesCount, "B/series");
        Print("  beyond it", (_catalog.Memory.UsedBytes - textSizeBytes) / _seriesCount, "B/series");
        Print("GC heap, about", heap / 1e6, "MB");
        Print("catalogue log", (double)definitionSizeBytes / _seriesCount, "B/series");
    }

    private void Select()
    {
        TagIndex index = _catalog.FindTable("cpu")!.Tags.OpenView();
        string[] tags = ["hostname", "rack", "region"];
        foreach (string tag in tags)
        {
            int key = index.FindTagKey(tag);
            int value = index.GetValueCount(key) / 2;
            const int Rounds = 100;
            Stopwatch watch = Stopwatch.StartNew();
            int count = 0;
            for (int i = 0; i < Rounds; i++)
            {
                count = index.FindSeries(key, value).Count;
            }

            Print($"{tag} = one of {index.GetValueCount(key)} ({count} series)",
                watch.Elapsed.TotalMicroseconds / Rounds, "µs");
        }
    }

    private void Reopen(ByteSlab definitions)
    {
        CatalogStore reopened = new(shardCount: 16);
        Stopwatch watch = Stopwatch.StartNew();
        Invariant.Holds(new DefinitionReader(reopened).TryApply(definitions.Span));
        Print("read back from the log", watch.Elapsed.TotalMilliseconds, "ms");
        Invariant.Holds(reopened.SeriesCount == _seriesCount);
        Print("native memory after it", (double)reopened.Memory.UsedBytes / _seriesCount, "B/series");
    }
}
