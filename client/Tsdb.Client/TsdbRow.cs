using Apache.Arrow;
using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>One row of a result: a view of its batch, valid until the next batch is read.</summary>
public readonly struct TsdbRow : IEquatable<TsdbRow>
{
    private readonly RecordBatch _batch;
    private readonly int _row;

    internal TsdbRow(RecordBatch batch, int row)
    {
        _batch = batch;
        _row = row;
    }

    /// <summary>Columns in the row.</summary>
    public int ColumnCount => _batch.ColumnCount;

    /// <summary>
    /// The value: null, <see cref="double"/>, <see cref="long"/>, <see cref="bool"/>, <see cref="string"/>,
    /// <see cref="Timestamp"/>, or for a duration its nanoseconds as <see cref="long"/>.
    /// </summary>
    /// <param name="column">0-based place in the schema.</param>
    public object? this[int column] => Read(_batch.Column(column), _row);

    /// <summary>The value of the column of that name.</summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public object? this[string name]
    {
        get
        {
            int column = _batch.Schema.GetFieldIndex(name, StringComparer.Ordinal);
            return column >= 0
                ? this[column]
                : throw new ArgumentException($"the result has no column '{name}'", nameof(name));
        }
    }

    /// <inheritdoc />
    public bool Equals(TsdbRow other) => ReferenceEquals(_batch, other._batch) && _row == other._row;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is TsdbRow other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_batch, _row);

    /// <summary>The same row of the same batch.</summary>
    public static bool operator ==(TsdbRow left, TsdbRow right) => left.Equals(right);

    /// <summary>Not the same row of the same batch.</summary>
    public static bool operator !=(TsdbRow left, TsdbRow right) => !left.Equals(right);

    private static object? Read(IArrowArray column, int row) => column switch
    {
        _ when column.IsNull(row) => null,
        DoubleArray values => values.GetValue(row),
        Int64Array values => values.GetValue(row),
        BooleanArray values => values.GetValue(row),
        StringArray values => values.GetString(row),
        TimestampArray values => new Timestamp(values.Values[row]),
        DurationArray values => values.Values[row],
        DictionaryArray values => Read(values.Dictionary, ((Int32Array)values.Indices).Values[row]),
        NullArray => null,
        _ => throw new NotSupportedException($"a column of type {column.Data.DataType.Name}"),
    };
}
