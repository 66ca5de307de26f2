using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Query.Operators.Aggregates;

/// <summary>
/// One aggregate's partial state for every group. States of two workers merge, in any order, into the state
/// that one worker would have reached (floating sums to within their rounding).
/// </summary>
internal abstract class Accumulator
{
    /// <summary>Whether <see cref="AggregateInput.TimestampsNs"/> must be there.</summary>
    public virtual bool ReadsTime => false;

    /// <summary>Bytes that one group takes.</summary>
    public abstract int GroupSizeBytes { get; }

    /// <summary>Makes room for groups 0 … count − 1.</summary>
    public abstract void EnsureGroups(int count);

    /// <summary>Adds rows, run by run.</summary>
    public abstract void Add(ReadOnlySpan<Run> runs, AggregateInput input);

    /// <summary>Adds a whole block that is known by its statistics; false when they do not say
    /// enough.</summary>
    /// <param name="group">The block's group.</param>
    /// <param name="rowCount">The block's rows.</param>
    /// <param name="statistics">Of the argument; nothing for count(*).</param>
    public virtual bool TryAdd(int group, int rowCount, in ColumnStatistics statistics) => false;

    /// <summary>Adds the other's groups; its group i is this one's <paramref name="groups"/>[i].</summary>
    public abstract void Merge(Accumulator other, ReadOnlySpan<int> groups);

    /// <summary>Writes a group's outcome.</summary>
    public abstract void Write(int group, ColumnVector target, int row);

    /// <summary>The text list that written words index, for outcomes that are texts.</summary>
    public virtual IReadOnlyList<string> Texts => [];

    /// <summary>Grows an array to hold at least this many, by doubling.</summary>
    protected static void Grow<T>(ref T[] array, int count)
    {
        if (count > array.Length)
        {
            Array.Resize(ref array, Math.Max(count, Math.Max(16, array.Length * 2)));
        }
    }
}
