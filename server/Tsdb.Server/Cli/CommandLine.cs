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
    };

    /// <summary>The option that names the server to talk to.</summary>
    public static Option<Uri> UrlOption() => new("--url")
    {
        Description = "The server's gRPC port.",
        DefaultValueFactory = static _ => new Uri("http://127.0.0.1:9001"),
        HelpName = "URL",
    };

    /// <summary>The option that names the database.</summary>
    public static Option<string> DatabaseOption() => new("--database", "-d")
    {
        Description = "The database; the server's default when left out.",
        DefaultValueFactory = static _ => "",
        HelpName = "NAME",
    };
}
