using Tsdb.Core;
using Tsdb.Query.Language;
using Tsdb.Storage;

namespace Tsdb.Query.Planning;

/// <summary>The columns of one table as a statement sees them, and the slots that it reads of them.</summary>
internal sealed class InputColumns
{
    private static readonly string[] _timeNames = ["ts", "time", "timestamp"];

    private readonly SqlSource _source;
    private readonly TableReference? _reference;
    private readonly List<InputSlot> _slots = [];
    private readonly List<InputSlot> _all = [];

    /// <param name="source">For errors.</param>
    /// <param name="reference">The table as the statement names it; null without FROM.</param>
    /// <param name="table">The table; null without FROM.</param>
    public InputColumns(SqlSource source, TableReference? reference, TableSchema? table)
    {
        _source = source;
        _reference = reference;
        Table = table;
        if (table is null)
        {
            return;
        }

        _all.Add(new InputSlot(InputKind.Time, 0, ResultType.Timestamp, "ts"));
        for (int i = 0; i < table.TagKeys.Count; i++)
        {
            _all.Add(new InputSlot(InputKind.Tag, i, ResultType.String, table.TagKeys[i]));
        }

        foreach (ColumnSchema column in table.Columns)
        {
            _all.Add(new InputSlot(InputKind.Field, column.ColumnId, TypeOf(column.Type), column.Name));
        }
    }

    public TableSchema? Table { get; }

    /// <summary>The slots in use; a slot's place is its number.</summary>
    public IReadOnlyList<InputSlot> Slots => _slots;

    /// <summary>Every column, in the order of <c>*</c>.</summary>
    public IReadOnlyList<InputSlot> All => _all;

    /// <summary>The slot's number; the same for the same slot.</summary>
    public BoundSlot Use(InputSlot slot)
    {
        int index = _slots.IndexOf(slot);
        if (index < 0)
        {
            index = _slots.Count;
            _slots.Add(slot);
        }

        string name = slot.Kind == InputKind.Quality ? $"quality({slot.Name})" : slot.Name;
        return new BoundSlot(slot.Type, index, name);
    }

    /// <summary>Finds a column: the exact name first, then in any case if only one fits, then time's
    /// synonyms.</summary>
    /// <exception cref="SqlException">There is none, or more than one.</exception>
    public InputSlot Find(ColumnExpression column)
    {
        if (_reference is null)
        {
            throw _source.Error(column.Position, $"unknown column '{column.Name}'", "there is no FROM");
        }

        if (column.Qualifier is not null)
        {
            CheckQualifier(column);
        }

        if (TryFind(column.Name, out InputSlot found, out bool isAmbiguous))
        {
            return found;
        }

        if (isAmbiguous)
        {
            throw _source.Error(
                column.Position,
                $"column name '{column.Name}' fits more than one column",
                "write it in double quotes, in the exact case");
        }

        List<string> names = [];
        foreach (InputSlot slot in _all)
        {
            names.Add(slot.Name);
        }

        throw _source.Error(
            column.Position, $"unknown column '{column.Name}'", NearestName.Hint(column.Name, names)
                ?? $"a text is written in single quotes: '{column.Name}'");
    }

    public bool TryFind(string name, out InputSlot found, out bool isAmbiguous)
    {
        isAmbiguous = false;
        found = default;
        int matchCount = 0;
        foreach (InputSlot slot in _all)
        {
            if (slot.Name == name)
            {
                found = slot;
                return true;
            }

            if (slot.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                found = slot;
                matchCount++;
            }
        }

        if (matchCount == 0 && _all.Count > 0
            && Array.Exists(_timeNames, time => time.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            found = _all[0];
            matchCount = 1;
        }

        isAmbiguous = matchCount > 1;
        return matchCount == 1;
    }

    private void CheckQualifier(ColumnExpression column)
    {
        string expected = _reference!.Alias ?? _reference.Name;
        if (!expected.Equals(column.Qualifier, StringComparison.OrdinalIgnoreCase))
        {
            throw _source.Error(
                column.Position, $"unknown table '{column.Qualifier}'", $"the table here is '{expected}'");
        }
    }

    private static ResultType TypeOf(ColumnType type) => type switch
    {
        ColumnType.Float64 => ResultType.Float64,
        ColumnType.Int64 => ResultType.Int64,
        ColumnType.Bool => ResultType.Bool,
        ColumnType.String => ResultType.String,
        ColumnType.Timestamp => ResultType.Timestamp,
        _ => ResultType.Null,
    };
}
