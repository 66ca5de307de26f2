namespace Tsdb.Core;

/// <summary>A piece of a result: some rows, column by column. Order of rows is the result's order.</summary>
/// <remarks>Reused by its producer: valid until the producer is asked for the next one.</remarks>
public sealed class ColumnBatch
{
    /// <summary>Makes an empty batch for the given columns.</summary>
    public ColumnBatch(IReadOnlyList<ResultColumn> schema)
    {
        Schema = schema;
        Columns = new ColumnVector[schema.Count];
        for (int i = 0; i < Columns.Length; i++)
        {
            Columns[i] = new ColumnVector { Type = schema[i].Type };
        }
    }

    /// <summary>Name and type of each column.</summary>
    public IReadOnlyList<ResultColumn> Schema { get; }

    /// <summary>The columns, in the schema's order.</summary>
    public ColumnVector[] Columns { get; }

    /// <summary>Rows in use.</summary>
    public int RowCount { get; set; }
}
