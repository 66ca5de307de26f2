using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Which column of a sender's schema is the time, which are tags, which are fields.</summary>
public sealed class ArrowColumnPlan
{
    /// <summary>Schema metadata that names the table.</summary>
    public const string TableMetadataKey = "tsdb.table";

    /// <summary>Schema metadata that lists the tag columns, comma-separated.</summary>
    public const string TagsMetadataKey = "tsdb.tags";

    private static readonly string[] _timeNames = ["ts", "time", "timestamp"];

    private ArrowColumnPlan(string table, int timeColumn, int[] tagColumns, int[] fieldColumns)
    {
        Table = Encoding.UTF8.GetBytes(table);
        TimeColumn = timeColumn;
        TagColumns = tagColumns;
        FieldColumns = fieldColumns;
    }

    internal byte[] Table { get; }

    internal int TimeColumn { get; }

    /// <summary>Ascending by name in byte order, as a series key wants its tags.</summary>
    internal int[] TagColumns { get; }

    internal int[] FieldColumns { get; }

    /// <summary>Sorts a schema's columns.</summary>
    /// <param name="schema">The sender's.</param>
    /// <param name="table">The target table; empty takes it from the schema's metadata.</param>
    /// <param name="tags">Names of the tag columns; empty takes them from the schema's metadata.</param>
    /// <exception cref="ArrowInputException">The schema cannot be stored; the message says why.</exception>
    public static ArrowColumnPlan Of(Schema schema, string table, IReadOnlyCollection<string> tags)
    {
        string target = table.Length > 0 ? table : Metadata(schema, TableMetadataKey);
        if (target.Length == 0)
        {
            throw new ArrowInputException(
                $"no table: name it in the request or in the metadata '{TableMetadataKey}'");
        }

        HashSet<string> tagNames = new(
            tags.Count > 0
                ? tags
                : Metadata(schema, TagsMetadataKey).Split(
                    ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            StringComparer.Ordinal);
        List<int> tagColumns = [];
        List<int> fieldColumns = [];
        int timeColumn = FindTime(schema);
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < schema.FieldsList.Count; i++)
        {
            Field field = schema.FieldsList[i];
            if (!seen.Add(field.Name) || field.Name.Length == 0)
            {
                throw new ArrowInputException(
                    $"column {i + 1}: its name '{field.Name}' is empty or appears twice");
            }

            if (i != timeColumn)
            {
                (tagNames.Remove(field.Name) ? tagColumns : fieldColumns).Add(i);
            }
        }

        if (tagNames.Count > 0)
        {
            throw new ArrowInputException(
                $"no column is named '{tagNames.First()}', which is listed as a tag");
        }

        if (fieldColumns.Count == 0)
        {
            throw new ArrowInputException("no field columns: every column is the time or a tag");
        }

        int[] sortedTags =
        [
            .. tagColumns.OrderBy(i => Encoding.UTF8.GetBytes(schema.FieldsList[i].Name), ByteOrder.Instance),
        ];
        CheckTypes(schema, sortedTags, fieldColumns);
        return new ArrowColumnPlan(target, timeColumn, sortedTags, [.. fieldColumns]);
    }

    private static int FindTime(Schema schema)
    {
        foreach (string name in _timeNames)
        {
            for (int i = 0; i < schema.FieldsList.Count; i++)
            {
                Field field = schema.FieldsList[i];
                if (field.Name == name)
                {
                    return field.DataType.TypeId is ArrowTypeId.Timestamp or ArrowTypeId.Int64
                        ? i
                        : throw new ArrowInputException(
                            $"the time column '{name}' is {field.DataType.Name}, not timestamp or int64");
                }
            }
        }

        throw new ArrowInputException("no time column: none is named ts, time or timestamp");
    }

    private static void CheckTypes(Schema schema, int[] tagColumns, List<int> fieldColumns)
    {
        foreach (int i in tagColumns)
        {
            if (!TextCells.CanRead(schema.FieldsList[i].DataType))
            {
                throw Refuse(schema.FieldsList[i], "a tag must be utf8, large_utf8 or a dictionary of them");
            }
        }

        foreach (int i in fieldColumns)
        {
            IArrowType type = schema.FieldsList[i].DataType;
            if (!TextCells.CanRead(type) && !NumberCells.CanRead(type))
            {
                throw Refuse(
                    schema.FieldsList[i], "take float, int, bool, utf8, dictionary of utf8 or timestamp");
            }
        }
    }

    private static ArrowInputException Refuse(Field field, string expected) =>
        new($"column '{field.Name}' is {field.DataType.Name}; {expected}");

    private static string Metadata(Schema schema, string key) =>
        schema.HasMetadata && schema.Metadata.TryGetValue(key, out string? value) ? value : "";

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
