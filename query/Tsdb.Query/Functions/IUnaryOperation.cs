namespace Tsdb.Query.Functions;

/// <summary>An operation on one value that the JIT can inline into a kernel's loop.</summary>
internal interface IUnaryOperation<in TInput, out TOutput>
{
    static abstract TOutput Apply(TInput value);
}
