using System.CommandLine;
using Tsdb.Engine;

namespace Tsdb.Server.Cli;

/// <summary>What the commands about backups have in common.</summary>
internal static class BackupOptions
{
    public static Argument<string> Database() => new("DB")
    {
        Description = "The database.",
        DefaultValueFactory = static _ => DatabaseOptions.DefaultDatabase,
    };

    /// <summary>Refuses what cannot be a database's directory before a path is made of it.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public static void CheckDatabase(string name)
    {
        if (Path.GetFileName(name) != name || !DatabaseDirectory.IsDatabase(name))
        {
            throw new ArgumentException($"'{name}' cannot name a database");
        }
    }

    public static Option<string> From() => new("--from")
    {
        Description = "Where the backups are: a folder or s3://BUCKET/PREFIX.",
        HelpName = "TARGET",
        Required = true,
    };

    public static Option<string?> Backup() => new("--backup")
    {
        Description = "The backup's name, as 'backup list' prints it; the newest when left out.",
        HelpName = "ID",
    };
}
