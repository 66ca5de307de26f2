using System.CommandLine;
using Tsdb.Server.Cli;

// The library would end the process two seconds after SIGTERM; a server takes the time it needs to flush.
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = null };
return await CommandLine.Create().Parse(args).InvokeAsync(configuration);
