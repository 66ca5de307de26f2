namespace Tsdb.Server.Faults;

/// <summary>Why a request failed, as far as its sender is concerned.</summary>
internal enum FaultKind
{
    /// <summary>The request is wrong as written: 400, INVALID_ARGUMENT.</summary>
    Invalid,

    /// <summary>What it names does not exist: 404, NOT_FOUND.</summary>
    NotFound,

    /// <summary>Its body is larger than the limit: 413, RESOURCE_EXHAUSTED.</summary>
    TooLarge,

    /// <summary>Its media type or encoding is not taken: 415, INVALID_ARGUMENT.</summary>
    UnknownEncoding,

    /// <summary>A limit stopped it: 422, RESOURCE_EXHAUSTED.</summary>
    LimitReached,

    /// <summary>Not now: 503, UNAVAILABLE.</summary>
    Unavailable,

    /// <summary>No memory at the moment, come back later: 503, RESOURCE_EXHAUSTED.</summary>
    MemoryShort,

    /// <summary>No room for more rows until some is freed: 507, RESOURCE_EXHAUSTED.</summary>
    StorageFull,

    /// <summary>The server failed: 500, INTERNAL.</summary>
    Internal,
}
