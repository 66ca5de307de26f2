using Tsdb.Core;

namespace Tsdb.Server.Hosting;

/// <summary>
/// Keeps the managed heap within its part of the limit: the collector works harder the nearer it comes.
/// </summary>
internal static class HeapLimit
{
    private const string Setting = "GCHeapHardLimit";
    private const double Share = 0.45;

    // The program's code and the runtime's own pages, whatever the limit is: found by workload memory as the
    // RssFile and RssShmem of the process.
    private const long ProgramSizeBytes = 80L << 20;

    /// <summary>Sets the limit for this process, unless its environment has set one.</summary>
    /// <returns>The limit that holds.</returns>
    public static long Apply(MemoryBudget budget)
    {
        if (Environment.GetEnvironmentVariable($"DOTNET_{Setting}") is not null)
        {
            return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        }

        long limitBytes = (long)((budget.LimitBytes - ProgramSizeBytes) * Share);
        AppContext.SetData(Setting, (ulong)limitBytes);
        GC.RefreshMemoryLimit();
        return limitBytes;
    }
}
