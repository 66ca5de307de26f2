namespace Tsdb.Query.Planning;

/// <summary>
/// ORDER BY bucket … LIMIT: only the groups of the first buckets in that order are wanted, so rows beyond the
/// worst
/// bucket of as many groups need not be read.
/// </summary>
/// <param name="Key">The group key that is the bucket.</param>
/// <param name="GroupCount">Groups wanted.</param>
/// <param name="IsLatest">The latest buckets, else the earliest.</param>
internal sealed record TopBuckets(int Key, int GroupCount, bool IsLatest);
