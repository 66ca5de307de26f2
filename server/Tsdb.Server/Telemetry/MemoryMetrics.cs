using Tsdb.Core;

namespace Tsdb.Server.Telemetry;

/// <summary>The memory accounts, one label an account.</summary>
internal static class MemoryMetrics
{
    public static void Render(PrometheusText text, MemoryBudget budget)
    {
        List<(string Labels, MemoryAccount Account)> all = [];
        Collect(all, budget.Root, budget.Root.Name);
        text.Metric("tsdb_memory_limit_bytes", "gauge", "What the process may use in all.")
            .Sample("tsdb_memory_limit_bytes", budget.LimitBytes);
        Render(text, all, "bytes", "gauge", "Charged now.", static a => a.UsedBytes);
        Render(text, all, "peak_bytes", "gauge", "Most ever charged.", static a => a.PeakBytes);
        Render(text, all, "refusals_total", "counter", "Charges refused.", static a => a.RefusalCount);

        // Below the uses only the account above limits.
        all.RemoveAll(static entry => entry.Account.LimitBytes == long.MaxValue);
        Render(text, all, "limit_bytes", "gauge", "Its share.", static a => a.LimitBytes);
    }

    private static void Render(
        PrometheusText text,
        List<(string Labels, MemoryAccount Account)> all,
        string suffix,
        string type,
        string help,
        Func<MemoryAccount, long> read)
    {
        string name = $"tsdb_memory_account_{suffix}";
        text.Metric(name, type, help);
        foreach ((string labels, MemoryAccount account) in all)
        {
            text.Sample(name, read(account), labels);
        }
    }

    // Queries come and go: they are in their share's figure, and in SHOW MEMORY.
    private static void Collect(
        List<(string Labels, MemoryAccount Account)> all, MemoryAccount account, string path)
    {
        all.Add(($"account=\"{path}\"", account));
        foreach (MemoryAccount child in account.Children)
        {
            if (account.Name != "queries")
            {
                Collect(all, child, $"{path}/{child.Name}");
            }
        }
    }
}
