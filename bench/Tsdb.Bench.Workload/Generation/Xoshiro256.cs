using System.Numerics;

namespace Tsdb.Bench.Workload.Generation;

/// <summary>Blackman and Vigna's xoshiro256**, seeded through SplitMix64, with the two distributions needed
/// here.</summary>
internal sealed class Xoshiro256
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;
    private double _keptNormal;
    private bool _hasKeptNormal;

    public Xoshiro256(ulong seed)
    {
        SplitMix64 spread = new(seed);
        _a = spread.Next();
        _b = spread.Next();
        _c = spread.Next();
        _d = spread.Next();
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [0, <paramref name="bound"/>).</summary>
    public int NextBelow(int bound) => (int)(NextUnit() * bound);

    /// <summary>Standard normal by Marsaglia's polar method; every second call is free.</summary>
    public double NextNormal()
    {
        if (_hasKeptNormal)
        {
            _hasKeptNormal = false;
            return _keptNormal;
        }

        double x;
        double y;
        double square;
        do
        {
            x = (2 * NextUnit()) - 1;
            y = (2 * NextUnit()) - 1;
            square = (x * x) + (y * y);
        }
        while (square is >= 1 or 0);

        double factor = Math.Sqrt(-2 * Math.Log(square) / square);
        _keptNormal = y * factor;
        _hasKeptNormal = true;
        return x * factor;
    }

    private ulong Next()
    {
        unchecked
        {
            ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
            ulong shifted = _b << 17;
            _c ^= _a;
            _d ^= _b;
            _b ^= _c;
            _a ^= _d;
            _c ^= shifted;
            _d = BitOperations.RotateLeft(_d, 45);
            return result;
        }
    }
}
