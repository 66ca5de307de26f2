namespace Tsdb.Storage.Manifests;

/// <summary>How far the pass that verifies all segments has come.</summary>
/// <param name="SegmentNumber">Segments up to it are verified; 0 when no pass is under way.</param>
/// <param name="LastPassEndedNs">When the last pass ended, ns since 1970; 0 when none has.</param>
internal sealed record ScrubMark(long SegmentNumber, long LastPassEndedNs);
