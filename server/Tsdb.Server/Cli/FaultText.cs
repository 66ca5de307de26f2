using Grpc.Core;
using Tsdb.Client;

namespace Tsdb.Server.Cli;

/// <summary>What went wrong with a call, for the person at the terminal.</summary>
internal static class FaultText
{
    /// <summary>The message; with the address when nobody answers there.</summary>
    public static string Of(TsdbException fault, Uri server) =>
        fault.Status == nameof(StatusCode.Unavailable)
            ? $"{server.Authority}: {fault.Message}"
            : fault.Message;
}
