namespace Tsdb.Storage.Codecs;

/// <summary>Lanes of any value.</summary>
internal readonly struct WideRange : IFoldRange
{
    public static bool IsNarrow => false;
}
