namespace Tsdb.Storage.Codecs;

/// <summary>How a bitmap is stored; the numbers are on disk.</summary>
internal enum BitmapScheme : byte
{
    /// <summary>No bit is set.</summary>
    AllClear = 0,

    /// <summary>Every bit is set.</summary>
    AllSet = 1,

    /// <summary>The bits themselves.</summary>
    Raw = 2,

    /// <summary>Where the set bits are.</summary>
    SetPositions = 3,

    /// <summary>Where the clear bits are.</summary>
    ClearPositions = 4,

    /// <summary>Lengths of runs, a clear one first.</summary>
    Runs = 5,
}
