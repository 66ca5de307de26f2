using Tsdb.Core;

namespace Tsdb.Query;

/// <summary>The accounts as SHOW MEMORY lists them: each with its path, those below after those
/// above.</summary>
internal static class MemoryRows
{
    public static readonly ResultColumn[] Schema =
    [
        new("account", ResultType.String),
        new("used_bytes", ResultType.Int64),
        new("limit_bytes", ResultType.Int64),
        new("peak_bytes", ResultType.Int64),
        new("refusals", ResultType.Int64),
    ];

    /// <summary>One row an account; a limit of 0 means that only the accounts above limit it.</summary>
    public static List<object[]> Of(MemoryBudget? budget)
    {
        List<object[]> rows = [];
        if (budget is not null)
        {
            Add(rows, budget.Root, budget.Root.Name);
        }

        return rows;
    }

    private static void Add(List<object[]> rows, MemoryAccount account, string path)
    {
        long limitBytes = account.LimitBytes == long.MaxValue ? 0 : account.LimitBytes;
        rows.Add([path, account.UsedBytes, limitBytes, account.PeakBytes, account.RefusalCount]);
        foreach (MemoryAccount child in account.Children)
        {
            Add(rows, child, $"{path}/{child.Name}");
        }
    }
}
