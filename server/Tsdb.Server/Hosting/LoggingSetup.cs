using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Warnings and worse, one line each, on standard error: standard output is for the ready line.
/// </summary>
internal static class LoggingSetup
{
    // It logs a failed start with its stack; the command that started us says why in one line.
    private const string StartOfHost = "Microsoft.Extensions.Hosting.Internal.Host";

    // Whatever level it may log at, it makes an activity with a name and an id for every request.
    private const string RequestDiagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static void Apply(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(static console => console.SingleLine = true);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter(StartOfHost, LogLevel.None);
        logging.AddFilter(RequestDiagnostics, LogLevel.None);
        logging.Services.Configure<ConsoleLoggerOptions>(
            static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
