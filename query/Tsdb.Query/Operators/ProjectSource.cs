using Tsdb.Core;
using Tsdb.Query.Functions;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Operators;

/// <summary>Computes the output columns, and joins small blocks into large ones.</summary>
internal sealed class ProjectSource : RowSource
{
    private readonly RowSource _input;
    private readonly Evaluator[] _outputs;
    private readonly RowBlock _block;
    private bool _isPending;

    public ProjectSource(RowSource input, IReadOnlyList<OutputColumn> output, QueryContext context)
    {
        _input = input;
        _outputs = [.. output.Select(column => new Evaluator(column.Expression, context))];
        _block = RowBlock.Create([.. output.Select(column => column.Expression.Type)]);
    }

    public override RowBlock Current => _block;

    public override bool MoveNext()
    {
        _block.RowCount = 0;
        foreach (ColumnVector column in _block.Columns)
        {
            column.HasNulls = false;
        }

        while (_isPending || _input.MoveNext())
        {
            RowBlock source = _input.Current;
            _isPending = _block.RowCount + source.RowCount > QueryResult.BatchRowCountMax;
            if (_isPending)
            {
                break;
            }

            for (int i = 0; i < _outputs.Length; i++)
            {
                ColumnVector value = _outputs[i].Evaluate(source.Columns, source.RowCount);
                VectorCopy.Append(value, 0, source.RowCount, _block.Columns[i], _block.RowCount);
            }

            _block.RowCount += source.RowCount;
        }

        return _block.RowCount > 0;
    }

    public override void Dispose() => _input.Dispose();
}
