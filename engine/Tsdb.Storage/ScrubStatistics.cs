using Tsdb.Core;

namespace Tsdb.Storage;

/// <summary>What the verification in the background has done since the start.</summary>
/// <param name="PassCount">Passes over all files that came to their end.</param>
/// <param name="ReadSizeBytes">Bytes that were read and verified.</param>
/// <param name="RereadCount">Parts that failed once and were sound when read again.</param>
/// <param name="RebuiltCount">Damaged files that were taken away because what they say is made anew from
/// others.</param>
/// <param name="LastPassEnded">When the last pass ended; null when none has.</param>
/// <param name="IsPassing">Whether a pass is under way.</param>
public sealed record ScrubStatistics(
    long PassCount,
    long ReadSizeBytes,
    long RereadCount,
    long RebuiltCount,
    Timestamp? LastPassEnded,
    bool IsPassing);
