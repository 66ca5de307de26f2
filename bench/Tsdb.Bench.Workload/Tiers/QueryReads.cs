using System.Text.Json;

namespace Tsdb.Bench.Workload.Tiers;

/// <summary>What a query read to answer, as its reply says.</summary>
internal readonly record struct QueryReads(long RowCount, long BlockCount, long SizeBytes)
{
    public static QueryReads Of(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement stats = document.RootElement.GetProperty("stats");
        return new QueryReads(
            stats.GetProperty("rowsRead").GetInt64(),
            stats.GetProperty("blocksRead").GetInt64(),
            stats.GetProperty("bytesRead").GetInt64());
    }
}
