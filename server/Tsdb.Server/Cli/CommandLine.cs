using System.CommandLine;

namespace Tsdb.Server.Cli;

/// <summary>The commands of <c>tsdb</c>.</summary>
internal static class CommandLine
{
    /// <summary>What a command returns when it did what was asked.</summary>
    public const int Success = 0;

    /// <summary>What a command returns when it did not; the reason is on standard error.</summary>
    public const int Failure = 1;

    public static RootCommand Create() => new("A time-series database: server, shell and tools.")
    {
        ServeCommand.Create(),
        SqlCommand.Create(),
        AdminCommand.Create(),
        CheckCommand.Create(),
        SnapshotCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
    };

    /// <summary>The option that names the server to talk to.</summary>
    public static Option<Uri> UrlOption() => new("--url")
    {
        Description = "The server's gRPC port.",
        DefaultValueFactory = static _ => new Uri("http://127.0.0.1:9001"),
        HelpName = "URL",
        CustomParser = static result =>
        {
            string text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
            {
                return url;
            }

            result.AddError($"--url: '{text}' is not an http address");
            return null;
        },
    };

    /// <summary>The option that names the database.</summary>
    public static Option<string> DatabaseOption() => new("--database", "-d")
    {
        Description = "The database; the server's default when left out.",
        DefaultValueFactory = static _ => "",
        HelpName = "NAME",
    };
}
