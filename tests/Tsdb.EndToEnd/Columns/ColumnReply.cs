using System.Text.Json;

namespace Tsdb.EndToEnd.Columns;

/// <summary>What a foreign sender of columns saw.</summary>
internal sealed class ColumnReply(JsonElement printed)
{
    /// <summary>The status, as gRPC names it.</summary>
    public string Code => printed.GetProperty("code").GetString()!;

    public string Message => printed.GetProperty("message").GetString()!;

    /// <summary>WriteArrow: rows stored, rows rejected.</summary>
    public string Counts => printed.GetProperty("counts").GetRawText().Replace(" ", "", Ordinal);

    public string Durability => printed.GetProperty("durability").GetString()!;

    /// <summary>WriteStream: the number that the opening says is durable.</summary>
    public int DurableSequence => printed.GetProperty("durable").GetInt32();

    public int Window => printed.GetProperty("window").GetInt32();

    /// <summary>WriteStream: number, rows stored, rows rejected and the first refusal's reason of each
    /// batch.</summary>
    public string Acknowledged => printed.GetProperty("acknowledged").GetRawText().Replace(" ", "", Ordinal);

    /// <summary>What was read afterwards.</summary>
    public string Csv => printed.GetProperty("csv").GetString()!;

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
