using Tsdb.Core;
using Tsdb.Query.Arrow.Writing;

namespace Tsdb.Client.Writing;

/// <summary>
/// The Arrow schema of a writer's batches. Integers are sent as narrow as all values so far allow; one that
/// needs more makes a new layout, and never a narrower one again. Immutable.
/// </summary>
internal sealed class BatchLayout
{
    public const long DictionaryId = 1;

    private readonly TsdbWriterSchema _schema;

    private BatchLayout(TsdbWriterSchema schema, ArrowOutputType[] types)
    {
        _schema = schema;
        Types = types;
    }

    /// <summary>How each field is sent.</summary>
    public IReadOnlyList<ArrowOutputType> Types { get; }

    /// <summary>Buffers of a batch, those of time and series included.</summary>
    public int BufferCount
    {
        get
        {
            int count = 4;
            foreach (ArrowOutputType type in Types)
            {
                count += type == ArrowOutputType.Text ? 3 : 2;
            }

            return count;
        }
    }

    public static BatchLayout Of(TsdbWriterSchema schema) => new(schema, [.. schema.Fields.Select(TypeOf)]);

    /// <summary>The layout for a batch: this one, if its integers fit.</summary>
    public BatchLayout Fit(TsdbBatch batch)
    {
        ArrowOutputType[]? wider = null;
        for (int i = 0; i < Types.Count; i++)
        {
            BatchColumn column = batch.Columns[i];
            if (column.Field.Type == ColumnType.Int64 && Types[i] < ArrowOutputType.Int64)
            {
                ArrowOutputType needed = IntegerWidth.Of(column.Cells);
                if (needed > Types[i])
                {
                    wider ??= [.. Types];
                    wider[i] = needed;
                }
            }
        }

        return wider is null ? this : new BatchLayout(_schema, wider);
    }

    public void WriteSchema(ArrowMessageWriter writer)
    {
        List<ArrowOutputField> fields =
        [
            new(TsdbWriterSchema.TimeColumn, ArrowOutputType.Timestamp),
            new(TsdbWriterSchema.TagSetColumn, ArrowOutputType.TextDictionary, DictionaryId),
        ];
        for (int i = 0; i < Types.Count; i++)
        {
            fields.Add(new ArrowOutputField(_schema.Fields[i].Name, Types[i]));
        }

        writer.AddSchema(
            fields,
            [
                KeyValuePair.Create("tsdb.table", _schema.Table),
                KeyValuePair.Create("tsdb.time", TsdbWriterSchema.TimeColumn),
                KeyValuePair.Create("tsdb.tagset", TsdbWriterSchema.TagSetColumn),
            ]);
    }

    // The enum's order is the order of widths.
    private static ArrowOutputType TypeOf(TsdbField field) => field.Type switch
    {
        ColumnType.Int64 => ArrowOutputType.Int8,
        ColumnType.Float64 => ArrowOutputType.Float64,
        ColumnType.Bool => ArrowOutputType.Bool,
        ColumnType.Timestamp => ArrowOutputType.Timestamp,
        _ => ArrowOutputType.Text,
    };
}
