using Tsdb.Core;

namespace Tsdb.Query.Operators;

/// <summary>Some rows on their way between operators. Reused by its producer.</summary>
internal sealed class RowBlock
{
    public RowBlock(ColumnVector[] columns)
    {
        Columns = columns;
    }

    /// <summary>The columns; the text list of a String column stays the same object from block to
    /// block.</summary>
    public ColumnVector[] Columns { get; }

    public int RowCount { get; set; }

    /// <summary>A block of empty columns of these types.</summary>
    public static RowBlock Create(IReadOnlyList<ResultType> types)
    {
        ColumnVector[] columns = new ColumnVector[types.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = new ColumnVector { Type = types[i] };
        }

        return new RowBlock(columns);
    }
}
