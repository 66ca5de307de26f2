namespace Tsdb.Storage.Archives;

/// <summary>A frame of the log as the archive has it.</summary>
internal readonly record struct ArchivedFrame(
    ulong Lsn, long CommitTimeNs, byte PayloadKind, ReadOnlyMemory<byte> Payload);
