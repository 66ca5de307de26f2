namespace Tsdb.Query.Planning;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>A hint that proposes the nearest name, or null when none is near.</summary>
    public static string? Hint(string name, IEnumerable<string> candidates)
    {
        // Every other letter is as near to a single one.
        if (name.Length < 2)
        {
            return null;
        }

        // A third of the letters may be wrong; more is another word.
        int best = Math.Max(1, name.Length / 3) + 1;
        string? nearest = null;
        foreach (string candidate in candidates)
        {
            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant(), best);
            if (distance < best)
            {
                best = distance;
                nearest = candidate;
            }
        }

        return nearest is null ? null : $"did you mean '{nearest}'?";
    }

    // Levenshtein's distance, where a swap of neighbours counts one (optimal string alignment); at most the
    // limit.
    private static int Distance(string left, string right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) >= limit)
        {
            return limit;
        }

        int[,] costs = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                costs[i, j] = i == 0 || j == 0
                    ? i + j
                    : CostAt(costs, left, right, i, j);
            }
        }

        return Math.Min(limit, costs[left.Length, right.Length]);
    }

    private static int CostAt(int[,] costs, string left, string right, int i, int j)
    {
        int change = left[i - 1] == right[j - 1] ? 0 : 1;
        int cost = Math.Min(
            costs[i - 1, j - 1] + change,
            Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1);
        bool isSwap = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
        return isSwap ? Math.Min(cost, costs[i - 2, j - 2] + 1) : cost;
    }
}
