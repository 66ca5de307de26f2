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

    /// <summary>The lesser in each lane.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The greater in each lane.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>As <see cref="Min"/>, for lanes below 2^32: one instruction where that is three.</summary>
    static abstract TVector MinNarrow(TVector left, TVector right);

    /// <summary>As <see cref="Max"/>, for lanes below 2^32.</summary>
    static abstract TVector MaxNarrow(TVector left, TVector right);
}
