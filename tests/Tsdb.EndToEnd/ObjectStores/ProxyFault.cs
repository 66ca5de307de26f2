namespace Tsdb.EndToEnd.ObjectStores;

/// <summary>What becomes of a request.</summary>
internal enum ProxyFault
{
    /// <summary>It is passed on, and the answer back.</summary>
    None,

    /// <summary>The connection is closed at once.</summary>
    Refuse,

    /// <summary>It is done, and the connection closed before the answer.</summary>
    LoseAnswer,

    /// <summary>The answer breaks off in the middle.</summary>
    BreakAnswer,

    /// <summary>Answered: these credentials may not.</summary>
    Forbidden = 403,

    /// <summary>Answered: the condition does not hold.</summary>
    ConditionFails = 412,

    /// <summary>Answered: there are no such bytes.</summary>
    RangeMissing = 416,

    /// <summary>Answered: the store failed.</summary>
    Fails = 500,

    /// <summary>Answered: the store does not know conditions.</summary>
    Unknown = 501,

    /// <summary>Answered: too much to do.</summary>
    Busy = 503,
}
