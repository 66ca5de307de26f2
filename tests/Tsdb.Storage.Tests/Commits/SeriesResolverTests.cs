using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Commits;

namespace Tsdb.Storage.Tests.Commits;

public sealed class SeriesResolverTests
{
    private const int SeriesCount = 900;
    private const int RowCount = 1500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Senders_that_bring_the_same_new_series_at_once_get_the_same_ids(int seed)
    {
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        CatalogStore catalog = new(shardCount: 4);
        lock (catalog.Gate)
        {
            catalog.AddTable("m");
        }

        int[][] sent = [.. Enumerable.Range(0, 4).Select(sender => Draw(new Random(seed + (sender * 100))))];
        uint[][] ids = await Task.WhenAll(sent.Select((series, sender) =>
            Task.Run(() => Resolve(catalog, series, isReversed: sender % 2 == 1))));

        Dictionary<int, uint> idOfSeries = [];
        for (int sender = 0; sender < sent.Length; sender++)
        {
            for (int row = 0; row < RowCount; row++)
            {
                uint id = ids[sender][row];
                Assert.Equal(id, idOfSeries.GetValueOrDefault(sent[sender][row], id));
                idOfSeries[sent[sender][row]] = id;
            }
        }

        Assert.Equal(idOfSeries.Count, idOfSeries.Values.Distinct().Count());
        Assert.Equal(idOfSeries.Count, catalog.SeriesCount);
    }

    [Fact]
    public void Rows_over_the_limit_are_refused_one_by_one_and_those_of_known_series_are_not()
    {
        const int Limit = 300;
        CatalogStore catalog = new(shardCount: 4);
        lock (catalog.Gate)
        {
            catalog.AddTable("m");
        }

        int[] series = [.. Enumerable.Range(0, 600), .. Enumerable.Range(0, 600)];
        TableRows rows = CreateRows(series, isReversed: false, out byte[] text);
        bool[] isRejected = new bool[series.Length];
        RejectLog rejects = new();
        SeriesResolver resolver = new(catalog, new StorageOptions { SeriesCountMax = Limit });
        Assert.True(resolver.Resolve(
            text, catalog.GetTable(1), rows, new uint[series.Length], isRejected, rejects));

        Assert.Equal(Limit, catalog.SeriesCount);
        Assert.Equal(600, rejects.Count);
        for (int row = 0; row < series.Length; row++)
        {
            Assert.Equal(series[row] >= Limit, isRejected[row]);
        }
    }

    private static int[] Draw(Random random) =>
        [.. Enumerable.Range(0, RowCount).Select(_ => random.Next(SeriesCount))];

    private static uint[] Resolve(CatalogStore catalog, int[] series, bool isReversed)
    {
        TableRows rows = CreateRows(series, isReversed, out byte[] text);
        uint[] ids = new uint[series.Length];
        RejectLog rejects = new();
        SeriesResolver resolver = new(catalog, new StorageOptions());
        bool hasRejects = resolver.Resolve(
            text, catalog.GetTable(1), rows, ids, new bool[series.Length], rejects);
        Assert.False(hasRejects);
        return ids;
    }

    private static TableRows CreateRows(int[] series, bool isReversed, out byte[] text)
    {
        TableRows rows = new SampleBatch().AddTable("m"u8);
        rows.EnsureCapacity(series.Length);
        rows.RowCount = series.Length;
        using MemoryStream keys = new();
        for (int row = 0; row < series.Length; row++)
        {
            string host = $"host=h{series[row]}";
            byte[] key = Encoding.UTF8.GetBytes(isReversed ? $"m,rack=r1,{host}" : $"m,{host},rack=r1");
            rows.KeyOffsets[row] = (int)keys.Position;
            rows.KeyLengths[row] = key.Length;
            keys.Write(key);
        }

        text = keys.ToArray();
        return rows;
    }
}
