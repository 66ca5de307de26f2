namespace Tsdb.Storage.Codecs;

/// <summary>
/// What the packing kernels need of a vector of 64-bit lanes, so that one kernel text serves 512, 256, 128
/// bits and plain registers. Loads and stores need no alignment.
/// </summary>
internal interface ILanes<TVector>
    where TVector : struct
{
    static abstract int Count { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Repeat(ulong value);

    static abstract TVector Load(ref ulong source, nuint index);

    static abstract void Store(TVector value, ref ulong target, nuint index);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector And(TVector left, TVector right);

    static abstract TVector Or(TVector left, TVector right);

    static abstract TVector ShiftLeft(TVector value, int bitCount);

    static abstract TVector ShiftRight(TVector value, int bitCount);
}
