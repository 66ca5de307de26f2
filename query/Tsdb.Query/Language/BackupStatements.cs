namespace Tsdb.Query.Language;

internal sealed record CreateSnapshotStatement(int Position, Token Name)
    : Statement(Position), IWriteStatement;

internal sealed record DropSnapshotStatement(int Position, Token Name) : Statement(Position), IWriteStatement;

/// <summary>BACKUP DATABASE TO.</summary>
internal sealed record BackupStatement(int Position, Expression Target)
    : Statement(Position), IWriteStatement;

/// <summary>SHOW SNAPSHOTS. Writes nothing, but only the engine's command target can answer it.</summary>
internal sealed record ShowSnapshotsStatement(int Position) : Statement(Position), IWriteStatement;

/// <summary>SHOW BACKUPS FROM; as <see cref="ShowSnapshotsStatement"/>.</summary>
internal sealed record ShowBackupsStatement(int Position, Expression Target)
    : Statement(Position), IWriteStatement;
