using Microsoft.Extensions.Logging;
using Tsdb.Core;
using Tsdb.Server.Telemetry;

namespace Tsdb.Server.Faults;

/// <summary>
/// The end of a process whose state cannot be trusted: the log is replayed at the next start.
/// </summary>
internal static class ProcessStop
{
    public static void Now(ILogger logger, InvariantViolatedException fault)
    {
        ServerLog.BugFound(logger, fault);
        Environment.FailFast(fault.Message, fault);
    }
}
