using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators;

/// <summary>Rows that fulfil a condition: HAVING.</summary>
internal sealed class FilterSource(RowSource input, BoundExpression condition, QueryContext context)
    : RowSource
{
    private readonly Evaluator _condition = new(condition, context);
    private RowBlock? _block;

    public override RowBlock Current => _block!;

    public override bool MoveNext()
    {
        while (input.MoveNext())
        {
            RowBlock source = input.Current;
            ColumnVector outcome = _condition.Evaluate(source.Columns, source.RowCount);
            List<int> rows = [];
            for (int i = 0; i < source.RowCount; i++)
            {
                if (!outcome.IsNull(i) && outcome.Words[i] != 0)
                {
                    rows.Add(i);
                }
            }

            if (rows.Count > 0)
            {
                _block ??= RowBlock.Create([.. source.Columns.Select(column => column.Type)]);
                ReadOnlySpan<int> kept = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows);
                for (int i = 0; i < source.Columns.Length; i++)
                {
                    VectorCopy.Gather(source.Columns[i], kept, _block.Columns[i]);
                }

                _block.RowCount = rows.Count;
                return true;
            }
        }

        return false;
    }

    public override void Dispose() => input.Dispose();
}
