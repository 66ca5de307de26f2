namespace Tsdb.Storage.Backups;

/// <summary>How far a backup, a verification or a restore has come.</summary>
/// <param name="DoneCount">Files done.</param>
/// <param name="TotalCount">Files in all.</param>
/// <param name="MovedSizeBytes">Bytes sent or read so far; those that were there already apart.</param>
/// <param name="Path">The file done last.</param>
public readonly record struct BackupProgress(int DoneCount, int TotalCount, long MovedSizeBytes, string Path);
