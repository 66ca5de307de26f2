using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Query.Functions;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>The columns of CREATE TABLE: tags and fields. The time column may be named, and is there
/// anyway.</summary>
internal static class ColumnBinder
{
    private static readonly string[] _timeNames = ["ts", "time", "timestamp"];
    private static readonly string[] _tagWords = ["tag", "symbol"];

    public static List<NewColumn> Bind(SqlSource source, IReadOnlyList<ColumnItem> items)
    {
        List<NewColumn> columns = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (ColumnItem item in items)
        {
            ColumnType? type = TypeOf(source, item);
            if (!names.Add(item.Name.Text))
            {
                throw source.Error(item.Name.Position, $"column '{item.Name.Text}' is there twice");
            }

            if (!_timeNames.Contains(item.Name.Text, StringComparer.OrdinalIgnoreCase))
            {
                columns.Add(new NewColumn(item.Name.Text, type));
            }
            else if (type != ColumnType.Timestamp)
            {
                throw source.Error(
                    item.TypeName.Position, $"'{item.Name.Text}' is the time column: its type is TIMESTAMP");
            }
        }

        return columns;
    }

    private static ColumnType? TypeOf(SqlSource source, ColumnItem item)
    {
        string word = item.TypeName.Text;
        if (_tagWords.Contains(word, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        return Casts.FindType(word) switch
        {
            ResultType.Float64 => ColumnType.Float64,
            ResultType.Int64 => ColumnType.Int64,
            ResultType.Bool => ColumnType.Bool,
            ResultType.String => ColumnType.String,
            ResultType.Timestamp => ColumnType.Timestamp,
            _ => throw source.Error(
                item.TypeName.Position,
                $"unknown column type '{word}'",
                "TAG, DOUBLE, BIGINT, BOOLEAN, TEXT or TIMESTAMP"),
        };
    }
}
