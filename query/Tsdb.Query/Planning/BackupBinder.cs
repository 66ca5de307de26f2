using Tsdb.Core.Commands;
using Tsdb.Query.Language;

namespace Tsdb.Query.Planning;

/// <summary>Statements about snapshots and backups as commands: no names to look up.</summary>
internal static class BackupBinder
{
    /// <summary>The command, or null when the statement is about something else.</summary>
    /// <exception cref="SqlException">The statement cannot be run as written.</exception>
    public static Command? TryBind(SqlSource source, IWriteStatement statement) => statement switch
    {
        CreateSnapshotStatement create => new CreateSnapshot(create.Name.Text),
        DropSnapshotStatement drop => new DropSnapshot(drop.Name.Text),
        ShowSnapshotsStatement => new ListSnapshots(),
        BackupStatement backup => new BackUpDatabase(BindTarget(source, backup.Target)),
        ShowBackupsStatement show => new ListBackups(BindTarget(source, show.Target)),
        _ => null,
    };

    private static string BindTarget(SqlSource source, Expression target) => target is TextExpression text
        ? text.Value
        : throw source.Error(target.Position, "a target is a text", "TO 'plant'");
}
