namespace Tsdb.Bench.Micro.Allocations;

/// <summary>Holds the bytes that the hot paths allocate against the baseline. A few seconds, the same result
/// on every machine.</summary>
internal static class AllocationGate
{
    /// <summary>Measures every path; true when none allocates more than it may, or when the baseline was
    /// rewritten.</summary>
    public static bool Run(string baselinePath, bool isUpdate)
    {
        using HotPaths hotPaths = new();
        SortedDictionary<string, long> measured = new(StringComparer.Ordinal);
        foreach (AllocationPath path in hotPaths.Paths)
        {
            measured.Add(path.Name, path.Measure());
        }

        if (isUpdate)
        {
            AllocationBaseline.Write(baselinePath, measured);
            Console.WriteLine($"{baselinePath}: {measured.Count} paths");
            return true;
        }

        return Compare(AllocationBaseline.Read(baselinePath), measured);
    }

    private static bool Compare(
        SortedDictionary<string, long> expected, SortedDictionary<string, long> measured)
    {
        int failedCount = 0;
        foreach ((string name, long actual) in measured)
        {
            if (!expected.TryGetValue(name, out long limit))
            {
                Console.WriteLine($"FAILED {name}: allocates {actual} bytes, the baseline does not know it");
                failedCount++;
            }
            else if (actual > limit)
            {
                Console.WriteLine($"FAILED {name}: expected at most {limit} bytes, allocates {actual}");
                failedCount++;
            }
        }

        foreach (string name in expected.Keys)
        {
            if (!measured.ContainsKey(name))
            {
                Console.WriteLine($"FAILED {name}: in the baseline, but no such path");
                failedCount++;
            }
        }

        // test.sh reads this line.
        int totalCount = measured.Keys.Union(expected.Keys, StringComparer.Ordinal).Count();
        Console.WriteLine($"allocations: {totalCount - failedCount} passed, {failedCount} failed");
        return failedCount == 0;
    }
}
