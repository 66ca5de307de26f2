namespace Tsdb.Storage.Archives;

/// <summary>Frames that follow each other in an archive without a hole.</summary>
/// <param name="DatabaseUuid">Who logged them.</param>
/// <param name="Range">Their LSNs.</param>
/// <param name="FirstCommitNs">When the first was committed, ns since 1970.</param>
/// <param name="LastCommitNs">When the last was committed.</param>
/// <param name="PieceCount">Objects that they are in.</param>
public readonly record struct ArchiveRun(
    Guid DatabaseUuid, ArchiveRange Range, long FirstCommitNs, long LastCommitNs, int PieceCount);
