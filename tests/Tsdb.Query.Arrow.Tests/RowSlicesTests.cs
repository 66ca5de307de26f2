using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;
using Tsdb.Core;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Query.Arrow.Tests;

public sealed class RowSlicesTests
{
    private const int RowCount = 70_000;

    private static readonly DictionaryType _dictionary = new(Int32Type.Default, StringType.Default, false);

    private static readonly Schema _schema = new(
        [
            new Field("ts", Int64Type.Default, false),
            new Field("host", _dictionary, true),
            new Field("note", _dictionary, true),
        ],
        null);

    [Fact]
    public void A_text_that_many_rows_name_is_counted_for_each_of_them()
    {
        const int TextSizeBytes = 64 << 10;
        List<SampleBatch> batches = Read(["h"], [new string('x', TextSizeBytes)], new RejectLog(), 2_000);
        Assert.Equal(2_000, batches.Sum(batch => batch.RowCount));
        Assert.All(
            batches,
            batch => Assert.InRange(
                batch.RowCount, 1, ArrowBatchReader.TextSizeBytesMax / TextSizeBytes));
        Assert.InRange(batches.Count, 2_000 / 256, 40);
        Assert.InRange(batches[1].Texts.SizeBytes, TextSizeBytes, TextSizeBytes * 2);
    }

    [Fact]
    public void Short_texts_are_cut_by_rows_alone()
    {
        Assert.Equal(
            [ArrowBatchReader.RowCountMax, RowCount - ArrowBatchReader.RowCountMax],
            Read(["a", "b"], ["short", "x"], new RejectLog(), RowCount).Select(batch => batch.RowCount));
    }

    [Fact]
    public void Of_a_large_dictionary_a_slice_copies_the_texts_of_its_rows_only()
    {
        string[] notes = [.. Enumerable.Range(0, RowCount).Select(i => $"note {i}")];
        List<SampleBatch> batches = Read(["h"], notes, new RejectLog(), RowCount);
        Assert.StartsWith(
            $"note {ArrowBatchReader.RowCountMax}note",
            Encoding.UTF8.GetString(batches[1].Texts.Span),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_over_the_limit_refuse_their_rows_and_make_no_keys()
    {
        RejectLog rejects = new();
        TableRows rows = Assert.Single(Read(
            ["h", new string('h', 1025), new string('h', 1024)],
            ["n", "n", "n", new string('n', 65_537)],
            rejects,
            rowCount: 4)).GetTable(0);
        Assert.Equal(
            [(2, RejectReason.NameTooLong), (4, RejectReason.StringTooLong)],
            rejects.Entries.Select(reject => (reject.LineNumber, reject.Reason)));
        Assert.Equal([1, 3], rows.LineNumbers[..rows.RowCount]);
        Assert.InRange(rows.Keys!.SizeBytes, 1024, 1100);
    }

    [Fact]
    public void Many_long_keys_cut_a_batch_so_that_few_are_held_at_once()
    {
        const int TagSizeBytes = 1000;
        string[] hosts = [.. Enumerable.Range(0, 30_000).Select(i => $"{i}".PadLeft(TagSizeBytes, 'h'))];
        List<SampleBatch> batches = Read(hosts, ["n"], new RejectLog(), 30_000);
        Assert.Equal(30_000, batches.Sum(batch => batch.RowCount));
        Assert.InRange(batches[0].RowCount, 1, (SeriesNumbering.NewKeySizeBytesMax / TagSizeBytes) + 10);
    }

    // Row i holds text i of each list, round and round.
    private static List<SampleBatch> Read(string[] hosts, string[] notes, RejectLog rejects, int rowCount) =>
        SenderStream.Read(
            SenderStream.Write(
                _schema,
                [
                    new Int64Array.Builder()
                        .AppendRange(Enumerable.Range(0, rowCount).Select(i => (long)i)).Build(),
                    Texts(hosts, rowCount),
                    Texts(notes, rowCount),
                ]),
            int.MaxValue,
            new ArrowSampleOptions { Table = "t", Tags = ["host"] },
            rejects);

    private static DictionaryArray Texts(string[] texts, int rowCount) => new(
        _dictionary,
        new Int32Array.Builder()
            .AppendRange(Enumerable.Range(0, rowCount).Select(i => i % texts.Length)).Build(),
        new StringArray.Builder().AppendRange(texts).Build());
}
