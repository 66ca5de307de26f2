namespace Tsdb.Storage.Codecs;

/// <summary>Whether lanes are below 2^32: known to the compiler, so that no lane is asked.</summary>
internal interface IFoldRange
{
    static abstract bool IsNarrow { get; }
}
