using System.Runtime.InteropServices;
using Tsdb.Client.Writing;
using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>
/// Rows as columns, to be sent by a <see cref="TsdbWriter"/>: times and series first, then every field gets
/// as many values. Reusable; one thread at a time.
/// </summary>
public sealed class TsdbBatch
{
    private readonly BatchColumn[] _columns;
    private Timestamp[] _times;
    private int[] _series;

    internal TsdbBatch(TsdbWriterSchema schema, int rowCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCapacity);
        Schema = schema;
        _times = new Timestamp[rowCapacity];
        _series = new int[rowCapacity];
        _columns = [.. schema.Fields.Select(field => new BatchColumn(field, rowCapacity))];
    }

    /// <summary>Rows in the batch.</summary>
    public int RowCount { get; private set; }

    internal TsdbWriterSchema Schema { get; }

    internal IReadOnlyList<BatchColumn> Columns => _columns;

    internal ReadOnlySpan<long> TimesNs => MemoryMarshal.Cast<Timestamp, long>(_times.AsSpan(0, RowCount));

    internal ReadOnlySpan<int> Series => _series.AsSpan(0, RowCount);

    /// <summary>Adds one row.</summary>
    public void AddRow(TsdbSeries series, Timestamp time)
    {
        Grow(1);
        _times[RowCount] = time;
        _series[RowCount++] = series.Index;
    }

    /// <summary>Adds rows of one series.</summary>
    public void AddRows(TsdbSeries series, ReadOnlySpan<Timestamp> times)
    {
        Grow(times.Length);
        times.CopyTo(_times.AsSpan(RowCount));
        _series.AsSpan(RowCount, times.Length).Fill(series.Index);
        RowCount += times.Length;
    }

    /// <summary>Adds rows, each of a series of its own.</summary>
    /// <param name="series">One for each row.</param>
    /// <param name="times">As many.</param>
    /// <exception cref="ArgumentException">They differ in number.</exception>
    public void AddRows(ReadOnlySpan<TsdbSeries> series, ReadOnlySpan<Timestamp> times)
    {
        if (series.Length != times.Length)
        {
            throw new ArgumentException($"{series.Length} series for {times.Length} times", nameof(series));
        }

        Grow(times.Length);
        times.CopyTo(_times.AsSpan(RowCount));
        MemoryMarshal.Cast<TsdbSeries, int>(series).CopyTo(_series.AsSpan(RowCount));
        RowCount += times.Length;
    }

    /// <summary>Adds values of a field of type Float64. NaN and infinities are stored as they are.</summary>
    /// <param name="field">Its place in the schema.</param>
    /// <param name="values">For the next rows.</param>
    /// <exception cref="ArgumentException">The field has another type.</exception>
    public void AddFloats(int field, params ReadOnlySpan<double> values) =>
        _columns[field].Add(ColumnType.Float64, MemoryMarshal.Cast<double, ulong>(values));

    /// <summary>Adds values of a field of type Int64.</summary>
    /// <inheritdoc cref="AddFloats" />
    public void AddIntegers(int field, params ReadOnlySpan<long> values) =>
        _columns[field].Add(ColumnType.Int64, MemoryMarshal.Cast<long, ulong>(values));

    /// <summary>Adds values of a field of type Timestamp.</summary>
    /// <inheritdoc cref="AddFloats" />
    public void AddInstants(int field, params ReadOnlySpan<Timestamp> values) =>
        _columns[field].Add(ColumnType.Timestamp, MemoryMarshal.Cast<Timestamp, ulong>(values));

    /// <summary>Adds values of a field of type Bool.</summary>
    /// <inheritdoc cref="AddFloats" />
    public void AddBools(int field, params ReadOnlySpan<bool> values)
    {
        foreach (bool value in values)
        {
            _columns[field].Add(ColumnType.Bool, [value ? 1UL : 0]);
        }
    }

    /// <summary>Adds a value of a field of type String; null is stored as such.</summary>
    /// <param name="field">Its place in the schema.</param>
    /// <param name="value">For the next row; at most 64 KiB of UTF-8, else the server refuses the
    /// row.</param>
    /// <exception cref="ArgumentException">The field has another type.</exception>
    public void AddText(int field, string? value) => _columns[field].Add(value);

    /// <summary>Adds nulls: values that are known to be missing.</summary>
    /// <param name="field">Its place in the schema.</param>
    /// <param name="count">For how many rows.</param>
    public void AddNulls(int field, int count = 1) => _columns[field].AddNulls(count);

    /// <summary>Removes all rows; keeps the memory.</summary>
    public void Clear()
    {
        RowCount = 0;
        foreach (BatchColumn column in _columns)
        {
            column.Clear();
        }
    }

    private void Grow(int rowCount)
    {
        int neededCount = checked(RowCount + rowCount);
        if (neededCount > _times.Length)
        {
            int capacity = Math.Max(neededCount, Math.Max(64, _times.Length * 2));
            Array.Resize(ref _times, capacity);
            Array.Resize(ref _series, capacity);
        }
    }
}
