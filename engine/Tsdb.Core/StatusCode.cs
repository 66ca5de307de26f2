namespace Tsdb.Core;

/// <summary>
/// An OPC UA status code (OPC 10000-4, section 7.39): severity in the top two bits, sub-code below, then
/// information bits. 0 is Good.
/// </summary>
/// <param name="Value">The 32-bit code.</param>
public readonly record struct StatusCode(uint Value)
{
    /// <summary>Good, no further information.</summary>
    public static StatusCode Good => new(0x0000_0000);

    /// <summary>Uncertain, reason not given.</summary>
    public static StatusCode Uncertain => new(0x4000_0000);

    /// <summary>Bad, reason not given.</summary>
    public static StatusCode Bad => new(0x8000_0000);

    /// <summary>Bad: there was no data for the reading (null, NaN, infinity).</summary>
    public static StatusCode BadNoData => new(0x809B_0000);

    /// <summary>How far the value can be relied on.</summary>
    public Quality Quality => (Value >> 30) switch
    {
        0 => Quality.Good,
        1 => Quality.Uncertain,
        _ => Quality.Bad,
    };
}
