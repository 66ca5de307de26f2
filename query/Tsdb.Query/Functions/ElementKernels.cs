using System.Runtime.InteropServices;
using Tsdb.Core;

namespace Tsdb.Query.Functions;

/// <summary>Kernels that apply one operation to each row; NULL in gives NULL out.</summary>
internal static class ElementKernels
{
    public static KernelFactory Unary<TOperation, TInput, TOutput>()
        where TOperation : struct, IUnaryOperation<TInput, TOutput>
        where TInput : struct
        where TOutput : struct => _ => RunUnary<TOperation, TInput, TOutput>;

    public static KernelFactory Binary<TOperation, TInput, TOutput>()
        where TOperation : struct, IBinaryOperation<TInput, TOutput>
        where TInput : struct
        where TOutput : struct => _ => RunBinary<TOperation, TInput, TOutput>;

    /// <summary>A binary64 operation on one value, whose results that are no number become NULL.</summary>
    public static KernelFactory Real(Func<double, double> operation) => _ => (arguments, result, rowCount) =>
    {
        Nulls.Combine(arguments, result, rowCount);
        ReadOnlySpan<double> source = arguments[0].Doubles[..rowCount];
        for (int i = 0; i < source.Length; i++)
        {
            SetReal(result, i, operation(source[i]));
        }
    };

    /// <summary>The same of two values.</summary>
    public static KernelFactory Real(Func<double, double, double> operation) =>
        _ => (arguments, result, rowCount) =>
    {
        Nulls.Combine(arguments, result, rowCount);
        ReadOnlySpan<double> left = arguments[0].Doubles[..rowCount];
        ReadOnlySpan<double> right = arguments[1].Doubles[..rowCount];
        for (int i = 0; i < left.Length; i++)
        {
            SetReal(result, i, operation(left[i], right[i]));
        }
    };

    private static void SetReal(ColumnVector result, int row, double value)
    {
        result.Words[row] = BitConverter.DoubleToUInt64Bits(value);
        if (double.IsNaN(value))
        {
            result.SetNull(row);
        }
    }

    private static void RunUnary<TOperation, TInput, TOutput>(
        ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount)
        where TOperation : struct, IUnaryOperation<TInput, TOutput>
        where TInput : struct
        where TOutput : struct
    {
        Nulls.Combine(arguments, result, rowCount);
        ReadOnlySpan<TInput> source = MemoryMarshal.Cast<ulong, TInput>(arguments[0].Words)[..rowCount];
        Span<TOutput> target = MemoryMarshal.Cast<ulong, TOutput>(result.Words.AsSpan())[..rowCount];
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = TOperation.Apply(source[i]);
        }
    }

    private static void RunBinary<TOperation, TInput, TOutput>(
        ReadOnlySpan<ColumnVector> arguments, ColumnVector result, int rowCount)
        where TOperation : struct, IBinaryOperation<TInput, TOutput>
        where TInput : struct
        where TOutput : struct
    {
        Nulls.Combine(arguments, result, rowCount);
        ReadOnlySpan<TInput> left = MemoryMarshal.Cast<ulong, TInput>(arguments[0].Words)[..rowCount];
        ReadOnlySpan<TInput> right = MemoryMarshal.Cast<ulong, TInput>(arguments[1].Words)[..left.Length];
        Span<TOutput> target = MemoryMarshal.Cast<ulong, TOutput>(result.Words.AsSpan())[..left.Length];
        for (int i = 0; i < left.Length; i++)
        {
            target[i] = TOperation.Apply(left[i], right[i]);
        }
    }
}
