namespace Tsdb.Storage.Codecs;

/// <summary>Lanes below 2^32.</summary>
internal readonly struct NarrowRange : IFoldRange
{
    public static bool IsNarrow => true;
}
