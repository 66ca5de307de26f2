namespace Tsdb.Storage.Codecs;

/// <summary>How a block of integers is stored; the numbers are on disk.</summary>
internal enum IntegerScheme : byte
{
    /// <summary>One value for all.</summary>
    Constant = 0,

    /// <summary>The values themselves, framed.</summary>
    Frame = 1,

    /// <summary>The differences of neighbours, framed.</summary>
    Delta = 2,

    /// <summary>A straight line and the framed distances from it.</summary>
    Linear = 3,

    /// <summary>Runs of equal values.</summary>
    Runs = 4,

    /// <summary>At most 256 distinct values and codes.</summary>
    Dictionary = 5,
}
