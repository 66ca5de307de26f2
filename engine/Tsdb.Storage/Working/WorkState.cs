namespace Tsdb.Storage.Working;

/// <summary>What came of one step of a worker.</summary>
internal enum WorkState
{
    /// <summary>Something was done; there may be more.</summary>
    Busy,

    /// <summary>There is nothing to do until something happens.</summary>
    Idle,

    /// <summary>The worker has come to its end.</summary>
    Done,
}
