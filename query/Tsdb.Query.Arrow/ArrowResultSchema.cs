using Apache.Arrow;
using Apache.Arrow.Types;
using Tsdb.Core;

namespace Tsdb.Query.Arrow;

/// <summary>Says which Arrow type each result column has on the wire.</summary>
public static class ArrowResultSchema
{
    /// <summary>Field metadata that names the result type where Arrow's own type does not say it.</summary>
    public const string TypeMetadataKey = "tsdb.type";

    private static readonly TimestampType _timestamp = new(TimeUnit.Nanosecond, "UTC");
    private static readonly DictionaryType _dictionary =
        new(Int32Type.Default, StringType.Default, ordered: false);

    /// <summary>The Arrow schema of a result.</summary>
    /// <param name="columns">The result's columns.</param>
    /// <param name="plainText">No dictionaries: tags and qualities as plain utf8.</param>
    public static Schema Of(IReadOnlyList<ResultColumn> columns, bool plainText)
    {
        List<Field> fields = new(columns.Count);
        foreach (ResultColumn column in columns)
        {
            fields.Add(new Field(column.Name, TypeOf(column, plainText), nullable: true, MetadataOf(column)));
        }

        return new Schema(fields, metadata: null);
    }

    /// <summary>Whether the column travels as indexes into a dictionary.</summary>
    internal static bool IsDictionary(ResultColumn column, bool plainText) =>
        !plainText
        && (column.Type == ResultType.Quality || (column.Type == ResultType.String && column.IsTag));

    private static IArrowType TypeOf(ResultColumn column, bool plainText) => column.Type switch
    {
        ResultType.Null => NullType.Default,
        ResultType.Float64 => DoubleType.Default,
        ResultType.Int64 => Int64Type.Default,
        ResultType.Bool => BooleanType.Default,
        ResultType.Timestamp => _timestamp,
        ResultType.Duration => DurationType.Nanosecond,
        _ => IsDictionary(column, plainText) ? _dictionary : StringType.Default,
    };

    private static Dictionary<string, string>? MetadataOf(ResultColumn column) => column.Type switch
    {
        ResultType.Quality => new() { [TypeMetadataKey] = "quality" },
        ResultType.String when column.IsTag => new() { [TypeMetadataKey] = "tag" },
        _ => null,
    };
}
