namespace Tsdb.Query.Functions;

/// <summary>An operation on two values that the JIT can inline into a kernel's loop.</summary>
internal interface IBinaryOperation<in TInput, out TOutput>
{
    static abstract TOutput Apply(TInput left, TInput right);
}
