using System.Numerics;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Tsdb.Core;
using Tsdb.Storage.Codecs;

namespace Tsdb.Bench.Micro.Codecs;

/// <summary>
/// Least, greatest, sum and number of 16.8 million two-decimal readings: folded in their frames, decoded
/// first, and from an array of plain doubles, which memory limits; time per value.
/// </summary>
[ShortRunJob]
public class FoldBenchmark
{
    private const int Seed = 1;
    private const int BlockCount = 16_384;
    private const int ValueCount = BlockCount * IntegerCodec.CountMax;

    private readonly double[] _plain = new double[ValueCount];
    private readonly byte[] _encoded = new byte[3 * ValueCount];
    private readonly int[] _ends = new int[BlockCount];
    private readonly double[] _decoded = new double[IntegerCodec.CountMax];

    /// <summary>Values are uniform in 0 … this / 100: a frame of 7 or 20 bits.</summary>
    [Params(100, 1_000_000)]
    public int Spread { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Random random = new(Seed);
        byte[] target = new byte[DoubleCodec.MaxEncodedSizeBytes(IntegerCodec.CountMax)];
        int endBytes = 0;
        for (int block = 0; block < BlockCount; block++)
        {
            Span<double> values = _plain.AsSpan(block * IntegerCodec.CountMax, IntegerCodec.CountMax);
            foreach (ref double value in values)
            {
                value = random.Next(Spread) / 100.0;
            }

            int sizeBytes = DoubleCodec.Encode(values, target);
            target.AsSpan(0, sizeBytes).CopyTo(_encoded.AsSpan(endBytes));
            endBytes += sizeBytes;
            _ends[block] = endBytes;
        }

        Console.WriteLine($"// {(double)endBytes / ValueCount:F3} bytes per value");
        Invariant.Holds(Fold() == DecodeAndReduce());
        Invariant.Holds(Math.Abs(Fold() - ReducePlain()) < 1e-6 * Fold());
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public double Fold()
    {
        Int128 sum = 0;
        long min = long.MaxValue;
        long max = long.MinValue;
        int offsetBytes = 0;
        foreach (int endBytes in _ends)
        {
            ReadOnlySpan<byte> block = _encoded.AsSpan(offsetBytes..endBytes);
            Invariant.Holds(
                BlockFolding.TryFoldDecimals(block, IntegerCodec.CountMax, out IntegerFold fold, out _));
            sum += fold.Sum;
            min = Math.Min(min, fold.Min);
            max = Math.Max(max, fold.Max);
            offsetBytes = endBytes;
        }

        return ((double)sum + min + max) / 100;
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public double DecodeAndReduce()
    {
        Int128 sum = 0;
        double min = double.PositiveInfinity;
        double max = double.NegativeInfinity;
        int offsetBytes = 0;
        foreach (int endBytes in _ends)
        {
            Invariant.Holds(DoubleCodec.TryDecode(_encoded.AsSpan(offsetBytes..endBytes), _decoded));
            (double blockSum, min, max) = Reduce(_decoded, min, max);
            sum += (Int128)Math.Round(blockSum * 100);
            offsetBytes = endBytes;
        }

        return ((double)sum + Math.Round(min * 100) + Math.Round(max * 100)) / 100;
    }

    [Benchmark(OperationsPerInvoke = ValueCount)]
    public double ReducePlain()
    {
        (double sum, double min, double max) =
            Reduce(_plain, double.PositiveInfinity, double.NegativeInfinity);
        return sum + min + max;
    }

    private static (double Sum, double Min, double Max) Reduce(
        ReadOnlySpan<double> values, double min, double max)
    {
        Vector<double> sums = Vector<double>.Zero;
        Vector<double> moreSums = Vector<double>.Zero;
        Vector<double> mins = new(min);
        Vector<double> maxs = new(max);
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        for (int i = 0; i + 1 < vectors.Length; i += 2)
        {
            sums += vectors[i];
            moreSums += vectors[i + 1];
            mins = Vector.MinNative(mins, Vector.MinNative(vectors[i], vectors[i + 1]));
            maxs = Vector.MaxNative(maxs, Vector.MaxNative(vectors[i], vectors[i + 1]));
        }

        for (int lane = 0; lane < Vector<double>.Count; lane++)
        {
            min = Math.Min(min, mins[lane]);
            max = Math.Max(max, maxs[lane]);
        }

        return (Vector.Sum(sums + moreSums), min, max);
    }
}
