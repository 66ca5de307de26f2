namespace Tsdb.Storage.Segments;

/// <summary>What a block's index entry knows of the present cells of one column, exactly.</summary>
/// <param name="PresentCount">Rows that have a cell.</param>
/// <param name="Min">Least value, as a cell.</param>
/// <param name="Max">Greatest value, as a cell.</param>
/// <param name="First">Earliest value, as a cell.</param>
/// <param name="Last">Latest value, as a cell.</param>
/// <param name="FirstTimestampNs">When the earliest was.</param>
/// <param name="LastTimestampNs">When the latest was.</param>
/// <param name="IntegerSum">Integers, timestamps, booleans (as 0 and 1): their sum. Float64 with a
/// <paramref name="DecimalScale"/>: the sum of the values times 10^scale, exact. Otherwise 0.</param>
/// <param name="Sum">Sum as binary64: of <paramref name="IntegerSum"/> (divided by 10^scale) rounded once or
/// twice, or, for other Float64, the compensated (Neumaier) sum in time order.</param>
/// <param name="DecimalScale">Float64 only: every value is an integer of magnitude below 2^51 divided by
/// 10^this; -1 when not so. 0 for the other types.</param>
internal readonly record struct BlockStatistics(
    int PresentCount,
    ulong Min,
    ulong Max,
    ulong First,
    ulong Last,
    long FirstTimestampNs,
    long LastTimestampNs,
    Int128 IntegerSum,
    double Sum,
    int DecimalScale);
