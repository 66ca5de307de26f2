namespace Tsdb.Storage.Backups;

/// <summary>An object of a target.</summary>
/// <param name="Key">Its key.</param>
/// <param name="SizeBytes">Its size.</param>
public readonly record struct BackupObject(string Key, long SizeBytes);
