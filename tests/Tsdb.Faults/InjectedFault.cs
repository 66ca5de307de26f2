namespace Tsdb.Faults;

/// <summary>What goes wrong at a call.</summary>
public enum InjectedFault
{
    /// <summary>errno 5. A sync that fails loses what was not synced.</summary>
    IoError,

    /// <summary>errno 28; nothing of a write is done.</summary>
    OutOfSpace,

    /// <summary>The first half of a write is done, then errno 28; other calls fail with errno 28.</summary>
    ShortWrite,

    /// <summary>The call is cut off half done, and every later call throws
    /// <see cref="PowerCutException"/>.</summary>
    PowerCut,
}
