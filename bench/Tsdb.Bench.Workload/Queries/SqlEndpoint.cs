using System.Text;
using System.Text.Json;
using Tsdb.Bench.Workload.Loading;

namespace Tsdb.Bench.Workload.Queries;

/// <summary>Our server's SQL over HTTP: POST /api/v1/query, answered as JSON or as an Arrow stream.</summary>
internal sealed class SqlEndpoint(int httpPort) : IDisposable
{
    private const string Path = "/api/v1/query";
    private const string ArrowHeaders =
        "Content-Type: application/json\r\nAccept: application/vnd.apache.arrow.stream\r\n";
    private const string JsonHeaders = "Content-Type: application/json\r\nAccept: application/json\r\n";

    private readonly HttpConnection _connection = new(httpPort);

    /// <summary>The whole answer as JSON text.</summary>
    public byte[] FetchJson(string sql) => Fetch(sql, JsonHeaders);

    /// <summary>The whole answer as an Arrow stream.</summary>
    public byte[] FetchArrow(string sql) => Fetch(sql, ArrowHeaders);

    public Answer Query(string sql) => Read(FetchJson(sql));

    public static Answer Read(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement[] heads = document.RootElement.GetProperty("columns").EnumerateArray().ToArray();
        string[] columns = heads.Select(head => head.GetProperty("name").GetString()!).ToArray();
        string[] types =
            heads.Select(head => head.GetProperty("type").GetString()!.ToLowerInvariant()).ToArray();
        List<object?[]> rows = [];
        foreach (JsonElement line in document.RootElement.GetProperty("rows").EnumerateArray())
        {
            object?[] row = new object?[columns.Length];
            int column = 0;
            foreach (JsonElement cell in line.EnumerateArray())
            {
                row[column] = ReadCell(cell, types[column]);
                column++;
            }

            rows.Add(row);
        }

        return new Answer(columns, rows);
    }

    public void Dispose() => _connection.Dispose();

    private static object? ReadCell(JsonElement cell, string type) => cell.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when type.Contains("int", StringComparison.Ordinal) => cell.GetInt64(),
        JsonValueKind.Number => cell.GetDouble(),
        _ when type.Contains("timestamp", StringComparison.Ordinal) => Instant.Parse(cell.GetString()!),
        _ => cell.GetString(),
    };

    private byte[] Fetch(string sql, string headers)
    {
        byte[] request = Encoding.UTF8.GetBytes($"{{\"sql\":\"{JsonEncodedText.Encode(sql)}\"}}");
        HttpReply reply = _connection.Send("POST", Path, request, headers);
        return reply.IsSuccess
            ? reply.Body
            : throw new IOException($"the server refused a query with {reply.Code}: {reply.Excerpt}\n{sql}");
    }
}
