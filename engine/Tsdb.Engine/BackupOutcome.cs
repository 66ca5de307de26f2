using Tsdb.Storage.Backups;

namespace Tsdb.Engine;

/// <summary>A backup that is complete.</summary>
/// <param name="Manifest">What it holds.</param>
/// <param name="SentSizeBytes">Bytes that the target did not have before.</param>
/// <param name="RemovedCount">Old backups removed.</param>
public sealed record BackupOutcome(BackupManifest Manifest, long SentSizeBytes, int RemovedCount);
