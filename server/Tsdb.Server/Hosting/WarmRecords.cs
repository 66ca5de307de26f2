using System.Diagnostics.CodeAnalysis;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Columns as our clients send them: tag sets by a dictionary, integers as narrow as they are, floats.
/// </summary>
internal static class WarmRecords
{
    private const int SeriesCount = 64;
    private const int StepCount = 40;
    private const int BatchCount = 3;
    private const string TimeColumn = "time";
    private const string TagSetColumn = "tags";

    /// <summary>Messages of one Arrow stream, a batch of rows each.</summary>
    public static async IAsyncEnumerable<byte[]> WriteAsync()
    {
        DictionaryType tagSetType = new(Int32Type.Default, StringType.Default, ordered: false);
        Schema schema = new(
            [
                new Field(TimeColumn, new TimestampType(TimeUnit.Nanosecond, "UTC"), nullable: false),
                new Field(TagSetColumn, tagSetType, nullable: false),
                new Field("small", Int8Type.Default, nullable: true),
                new Field("large", Int32Type.Default, nullable: true),
                new Field("level", DoubleType.Default, nullable: true),
            ],
            [
                KeyValuePair.Create(ArrowSampleOptions.TableMetadataKey, "warm_columns"),
                KeyValuePair.Create(ArrowSampleOptions.TimeMetadataKey, TimeColumn),
                KeyValuePair.Create(ArrowSampleOptions.TagSetMetadataKey, TagSetColumn),
            ]);
        StringArray tagSets = new StringArray.Builder()
            .AppendRange(Enumerable.Range(0, SeriesCount).Select(static series => $"host=host_{series}"))
            .Build();
        using MemoryStream stream = new();
        using ArrowStreamWriter writer = new(stream, schema, leaveOpen: true);
        for (int batch = 0; batch < BatchCount; batch++)
        {
            using RecordBatch rows = Rows(schema, tagSets, batch * StepCount);
            await writer.WriteRecordBatchAsync(rows);
            yield return stream.ToArray();
            stream.SetLength(0);
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The arrays are the record batch's.")]
    private static RecordBatch Rows(Schema schema, StringArray tagSets, int firstStep)
    {
        const int RowCount = SeriesCount * StepCount;
        TimestampArray.Builder times = new((TimestampType)schema.FieldsList[0].DataType);
        Int32Array.Builder tags = new();
        Int8Array.Builder small = new();
        Int32Array.Builder large = new();
        DoubleArray.Builder levels = new();
        for (int row = 0; row < RowCount; row++)
        {
            int value = row * 31 % 101;
            times.Append(DateTimeOffset.UnixEpoch.AddSeconds(firstStep + (row / SeriesCount)));
            tags.Append(row % SeriesCount);
            small.Append((sbyte)value);
            large.Append(value * value);
            levels.Append(value / 10.0);
        }

        DictionaryType type = (DictionaryType)schema.FieldsList[1].DataType;
        return new RecordBatch(
            schema,
            [
                times.Build(), new DictionaryArray(type, tags.Build(), tagSets), small.Build(), large.Build(),
                levels.Build(),
            ],
            RowCount);
    }
}
