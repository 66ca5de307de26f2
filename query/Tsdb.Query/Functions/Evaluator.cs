using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>Evaluates one bound expression block by block, into vectors of its own. One thread.</summary>
internal sealed class Evaluator
{
    private readonly BoundExpression _expression;
    private readonly Evaluator[] _arguments = [];
    private readonly ColumnVector[] _values = [];
    private readonly ColumnVector _result;
    private readonly Kernel? _kernel;
    private readonly QueryContext? _context;
    private int _constantCount;

    /// <param name="expression">What to evaluate.</param>
    /// <param name="context">Is charged for the texts that are made; null where constants or tags alone
    /// bound them.</param>
    public Evaluator(BoundExpression expression, QueryContext? context)
    {
        _context = context;
        _expression = expression;
        _result = new ColumnVector { Type = expression.Type };
        IReadOnlyList<BoundExpression> arguments = expression switch
        {
            BoundCall call => call.Arguments,
            BoundBucket bucket => [bucket.Argument],
            _ => [],
        };
        if (arguments.Count > 0)
        {
            _arguments = new Evaluator[arguments.Count];
            _values = new ColumnVector[arguments.Count];
            for (int i = 0; i < arguments.Count; i++)
            {
                _arguments[i] = new Evaluator(arguments[i], context);
            }
        }

        _kernel = (expression as BoundCall)?.Factory((BoundCall)expression);
    }

    /// <summary>The value for each row; valid until the next call. A bare slot gives the slot's own
    /// vector.</summary>
    public ColumnVector Evaluate(ColumnVector[] slots, int rowCount)
    {
        switch (_expression)
        {
            case BoundSlot slot:
                return slots[slot.Slot];
            case BoundConstant constant:
                FillConstant(constant, rowCount);
                return _result;
            default:
                for (int i = 0; i < _arguments.Length; i++)
                {
                    _values[i] = _arguments[i].Evaluate(slots, rowCount);
                }

                _result.EnsureCapacity(rowCount);
                if (_expression is BoundBucket bucket)
                {
                    RunBucket(bucket.Bucket, rowCount);
                }
                else
                {
                    RunKernel(rowCount);
                }

                return _result;
        }
    }

    /// <summary>The value of a call whose arguments are all constants.</summary>
    public static BoundConstant Fold(BoundCall call)
    {
        ColumnVector value = new Evaluator(call, context: null).Evaluate([], 1);
        return value.IsNull(0) ? BoundConstant.Null(call.Type)
            : call.Type == ResultType.String ? BoundConstant.Of(value.Texts[(int)value.Words[0]])
            : new BoundConstant(call.Type, value.Words[0], null, false);
    }

    private void RunKernel(int rowCount)
    {
        _kernel!(_values, _result, rowCount);
        if (_context is not null && _result.Texts is TextPool pool)
        {
            pool.ChargeGrowth(_context);
        }
    }

    private void FillConstant(BoundConstant constant, int rowCount)
    {
        if (rowCount <= _constantCount)
        {
            return;
        }

        _result.EnsureCapacity(rowCount);
        _constantCount = _result.Words.Length;
        Array.Fill(_result.Words, constant.Word);
        _result.Texts = constant.Text is null ? [] : [constant.Text];
        _result.ClearNulls();
        if (constant.IsNull)
        {
            _result.SetAllNull();
        }
    }

    // Rows mostly ascend in time: the bucket of the row before is tried first, so that few rows need a
    // division.
    private void RunBucket(TimeBucket bucket, int rowCount)
    {
        Nulls.Combine(_values, _result, rowCount);
        ReadOnlySpan<long> source = _values[0].Longs[..rowCount];
        Span<long> target = _result.Longs[..rowCount];
        long startNs = 0;
        long nextNs = 0;
        for (int i = 0; i < source.Length; i++)
        {
            long timestampNs = source[i];
            if (timestampNs < startNs || timestampNs >= nextNs)
            {
                if (_result.IsNull(i))
                {
                    continue;
                }

                startNs = bucket.FloorNs(timestampNs);
                nextNs = bucket.NextNs(startNs);
            }

            target[i] = startNs;
        }
    }
}
