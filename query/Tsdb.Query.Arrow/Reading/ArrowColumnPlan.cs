using System.Text;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Which column of a sender's schema is the time, which are tags, which are fields.</summary>
internal sealed class ArrowColumnPlan
{
    private static readonly string[] _timeNames = ["ts", "time", "timestamp"];

    private ArrowColumnPlan(
        string table,
        int timeColumn,
        int[] tagColumns,
        byte[][] tagNames,
        int[] fieldColumns,
        byte[][] fieldNames)
    {
        Table = Encoding.UTF8.GetBytes(table);
        TimeColumn = timeColumn;
        TagColumns = tagColumns;
        TagNames = tagNames;
        FieldColumns = fieldColumns;
        FieldNames = fieldNames;
    }

    public byte[] Table { get; }

    public int TimeColumn { get; }

    /// <summary>
    /// Ascending by name in byte order, as a series key wants its tags; or the one column of whole tag sets.
    /// </summary>
    public int[] TagColumns { get; }

    public byte[][] TagNames { get; }

    /// <summary>Whether the only tag column holds whole tag sets, <c>tag=value,tag=value</c>.</summary>
    public bool HasTagSets { get; private init; }

    public int[] FieldColumns { get; }

    public byte[][] FieldNames { get; }

    /// <summary>Sorts a schema's columns.</summary>
    /// <exception cref="ArrowInputException">The schema cannot be stored; the message says why.</exception>
    public static ArrowColumnPlan Of(ArrowSchema schema, ArrowSampleOptions options)
    {
        string table = options.Table.Length > 0
            ? options.Table
            : schema.MetadataOf(ArrowSampleOptions.TableMetadataKey);
        if (table.Length == 0)
        {
            throw new ArrowInputException(
                $"no table: name it in the request or in '{ArrowSampleOptions.TableMetadataKey}'");
        }

        string tagSetColumn = schema.MetadataOf(ArrowSampleOptions.TagSetMetadataKey);
        HashSet<string> tags = TagsOf(schema, options, tagSetColumn);
        List<int> tagColumns = [];
        List<int> fieldColumns = [];
        int timeColumn = FindTime(schema);
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            ArrowField field = schema.Fields[i];
            if (!seen.Add(field.Name) || field.Name.Length == 0)
            {
                throw new ArrowInputException(
                    $"column {i + 1}: its name '{field.Name}' is empty or appears twice");
            }

            if (i != timeColumn)
            {
                (tags.Remove(field.Name) ? tagColumns : fieldColumns).Add(i);
            }
        }

        if (tags.Count > 0)
        {
            throw new ArrowInputException($"no column is named '{tags.First()}', which is listed as a tag");
        }

        if (fieldColumns.Count == 0)
        {
            throw new ArrowInputException("no field columns: every column is the time or a tag");
        }

        if (fieldColumns.TrueForAll(i => schema.Fields[i].Type.Kind == ArrowKind.Null))
        {
            throw new ArrowInputException("no field column has a type: all of them are null");
        }

        CheckTypes(schema, tagColumns, fieldColumns);
        int[] sortedTags = [.. tagColumns.OrderBy(i => NameOf(schema, i), ByteOrder.Instance)];
        return new ArrowColumnPlan(
            table,
            timeColumn,
            sortedTags,
            [.. sortedTags.Select(i => NameOf(schema, i))],
            [.. fieldColumns],
            [.. fieldColumns.Select(i => NameOf(schema, i))])
        {
            HasTagSets = tagSetColumn.Length > 0,
        };
    }

    private static HashSet<string> TagsOf(
        ArrowSchema schema, ArrowSampleOptions options, string tagSetColumn)
    {
        if (tagSetColumn.Length > 0)
        {
            return options.Tags.Count == 0
                ? new HashSet<string>([tagSetColumn], StringComparer.Ordinal)
                : throw new ArrowInputException(
                    $"tags are listed, and '{tagSetColumn}' is to hold whole tag sets: only one of both");
        }

        IEnumerable<string> names = options.Tags.Count > 0
            ? options.Tags
            : schema.MetadataOf(ArrowSampleOptions.TagsMetadataKey).Split(
                ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new HashSet<string>(names, StringComparer.Ordinal);
    }

    private static int FindTime(ArrowSchema schema)
    {
        string named = schema.MetadataOf(ArrowSampleOptions.TimeMetadataKey);
        foreach (string name in named.Length > 0 ? [named] : _timeNames)
        {
            for (int i = 0; i < schema.Fields.Count; i++)
            {
                ArrowField field = schema.Fields[i];
                if (field.Name == name)
                {
                    return field.Type.IsTime && field.IndexType is null
                        ? i
                        : throw new ArrowInputException(
                            $"the time column '{name}' is {field.Type.Name}, not timestamp, date or int64");
                }
            }
        }

        throw new ArrowInputException(
            named.Length > 0
                ? $"no column is named '{named}', which the metadata names as the time"
                : "no time column: none is named ts, time or timestamp");
    }

    private static void CheckTypes(ArrowSchema schema, List<int> tagColumns, List<int> fieldColumns)
    {
        foreach (int i in tagColumns)
        {
            ArrowField field = schema.Fields[i];
            if (!field.Type.IsText || field.IndexType is { IsInteger: false })
            {
                throw Refuse(field, "a tag must be utf8, large_utf8, utf8_view or a dictionary of them");
            }
        }

        foreach (int i in fieldColumns)
        {
            ArrowField field = schema.Fields[i];
            if (field.Type.Kind == ArrowKind.None)
            {
                throw Refuse(field, "take int, uint, float, bool, utf8, timestamp, date or null");
            }

            if (field.IndexType is not null && !(field.Type.IsText && field.IndexType is { IsInteger: true }))
            {
                throw Refuse(field, "in a dictionary, which is taken for utf8 behind integers only");
            }
        }
    }

    private static ArrowInputException Refuse(ArrowField field, string expected) =>
        new($"column '{field.Name}' is {field.Type.Name}; {expected}");

    private static byte[] NameOf(ArrowSchema schema, int column) =>
        Encoding.UTF8.GetBytes(schema.Fields[column].Name);

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
