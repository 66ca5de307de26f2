namespace Tsdb.Client;

/// <summary>A set of tags that a <see cref="TsdbWriter"/> knows; of use with that writer only.</summary>
public readonly record struct TsdbSeries
{
    internal TsdbSeries(int index) => Index = index;

    internal int Index { get; }
}
