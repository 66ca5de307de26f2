namespace Tsdb.Storage.Codecs;

/// <summary>What a block of integers comes to.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Sum">Exact.</param>
internal readonly record struct IntegerFold(long Min, long Max, Int128 Sum);
