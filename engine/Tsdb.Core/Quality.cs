namespace Tsdb.Core;

/// <summary>How far a value can be relied on, ordered: <c>Bad &lt; Uncertain &lt; Good</c>.</summary>
public enum Quality : byte
{
    /// <summary>Not usable.</summary>
    Bad = 0,

    /// <summary>Usable with care.</summary>
    Uncertain = 1,

    /// <summary>Usable.</summary>
    Good = 2,
}
