namespace Tsdb.Client;

/// <summary>How far a backup has come.</summary>
/// <param name="Phase">snapshot, send, verify or prune.</param>
/// <param name="DoneCount">Files done in this phase.</param>
/// <param name="TotalCount">Files in all; 0 where it has none.</param>
/// <param name="MovedSizeBytes">Bytes sent or read back in this phase.</param>
public sealed record TsdbBackupStep(string Phase, long DoneCount, long TotalCount, long MovedSizeBytes);
