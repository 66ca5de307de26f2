namespace Tsdb.Storage.Manifests;

/// <summary>The catalogue's log as far as it is known durable.</summary>
/// <param name="FileName">Its name in the database directory.</param>
/// <param name="DurableSizeBytes">How much of it is durable at least; it may be longer.</param>
/// <param name="Crc32C">Checksum of that much.</param>
internal sealed record CatalogLogEntry(string FileName, long DurableSizeBytes, uint Crc32C);
