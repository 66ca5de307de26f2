namespace Tsdb.Storage;

/// <summary>What is known of one column in one chunk without decoding it, exactly.</summary>
/// <param name="PresentCount">Rows that have a value; when 0, nothing else means anything.</param>
/// <param name="Min">Least value, as a cell of the column's type.</param>
/// <param name="Max">Greatest value, as a cell.</param>
/// <param name="First">Earliest value, as a cell.</param>
/// <param name="Last">Latest value, as a cell.</param>
/// <param name="FirstTimestampNs">When the earliest was.</param>
/// <param name="LastTimestampNs">When the latest was.</param>
/// <param name="IntegerSum">Exact sum of an integer column. For a float column with a
/// <paramref name="DecimalScale"/> the exact sum of the values times 10^scale; otherwise 0.</param>
/// <param name="Sum">The sum as binary64.</param>
/// <param name="DecimalScale">Float columns: digits behind the point that every value fits, or -1.</param>
public readonly record struct ColumnStatistics(
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
