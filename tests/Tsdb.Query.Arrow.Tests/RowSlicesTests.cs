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
        RecordBatch batch = Make(["h"], [new string('x', TextSizeBytes)]);
        ArrowSampleReader reader = NewReader();
        IReadOnlyList<int> slices = reader.PlanSlices(batch);
        Assert.Equal(RowCount, slices.Sum());
        Assert.All(slices, count => Assert.InRange(count, 1, RowSlices.TextSizeBytesMax / TextSizeBytes));
        Assert.InRange(slices.Count, RowCount / 256, (RowCount / 200) + 1);
        SampleBatch samples = new();
        reader.Read(batch.Slice(slices[0], slices[1]), 1, samples, new RejectLog());
        Assert.Equal(slices[1], samples.GetTable(0).RowCount);
        Assert.InRange(samples.Texts.Span.Length, TextSizeBytes, TextSizeBytes * 2);
    }

    [Fact]
    public void Short_texts_are_cut_by_rows_alone()
    {
        Assert.Equal(
            [RowSlices.RowCountMax, RowCount - RowSlices.RowCountMax],
            NewReader().PlanSlices(Make(["a", "b"], ["short", "x"])));
    }

    [Fact]
    public void Of_a_large_dictionary_a_slice_copies_the_texts_of_its_rows_only()
    {
        string[] notes = [.. Enumerable.Range(0, RowCount).Select(i => $"note {i}")];
        SampleBatch samples = new();
        NewReader().Read(Make(["h"], notes).Slice(60_000, 2), 1, samples, new RejectLog());
        Assert.Equal("note 60000note 60001", Encoding.UTF8.GetString(samples.Texts.Span));
    }

    [Fact]
    public void Texts_over_the_limit_refuse_their_rows_and_make_no_keys()
    {
        RejectLog rejects = new();
        SampleBatch samples = new();
        RecordBatch batch = Make(
            ["h", new string('h', 1025), new string('h', 1024)], ["n", "n", "n", new string('n', 65_537)]);
        NewReader().Read(batch.Slice(0, 4), 1, samples, rejects);
        Assert.Equal(
            [(2, RejectReason.NameTooLong), (4, RejectReason.StringTooLong)],
            rejects.Entries.Select(reject => (reject.LineNumber, reject.Reason)));
        TableRows rows = samples.GetTable(0);
        Assert.Equal([1, 3], rows.LineNumbers[..rows.RowCount]);
        Assert.InRange(samples.KeyText.Length, 1024, 1100);
    }

    private static ArrowSampleReader NewReader() => new(ArrowColumnPlan.Of(_schema, "t", ["host"]), _schema);

    // Row i holds text i of each list, round and round.
    private static RecordBatch Make(string[] hosts, string[] notes) => new(
        _schema,
        [
            new Int64Array.Builder().AppendRange(Enumerable.Range(0, RowCount).Select(i => (long)i)).Build(),
            Texts(hosts),
            Texts(notes),
        ],
        RowCount);

    private static DictionaryArray Texts(string[] texts) => new(
        _dictionary,
        new Int32Array.Builder()
            .AppendRange(Enumerable.Range(0, RowCount).Select(i => i % texts.Length)).Build(),
        new StringArray.Builder().AppendRange(texts).Build());
}
