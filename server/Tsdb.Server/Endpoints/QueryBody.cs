using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tsdb.Query;
using Tsdb.Server.Faults;

namespace Tsdb.Server.Endpoints;

/// <summary>The body of a query request: <c>{"sql", "params", "database"}</c>.</summary>
internal sealed record QueryBody(
    string Sql, IReadOnlyDictionary<string, QueryParameter>? Parameters, string? Database)
{
    private const int SizeBytesMax = 4 << 20;

    public static async Task<QueryBody> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        using MemoryStream body = new();
        byte[] buffer = new byte[16 << 10];
        int sizeBytes;
        while ((sizeBytes = await request.Body.ReadAsync(buffer, cancellation)) > 0)
        {
            await body.WriteAsync(buffer.AsMemory(0, sizeBytes), cancellation);
            if (body.Length > SizeBytesMax)
            {
                throw new RequestFaultException(
                    FaultKind.TooLarge, $"the statement is larger than the limit of {SizeBytesMax} bytes");
            }
        }

        return Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
    }

    private static QueryBody Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("sql"u8, out JsonElement sql)
                || sql.ValueKind != JsonValueKind.String)
            {
                throw Refuse("the body must be an object with \"sql\", a string");
            }

            return new QueryBody(sql.GetString()!, ReadParameters(root), ReadDatabase(root));
        }
        catch (JsonException fault)
        {
            throw Refuse($"the body is not JSON: {fault.Message}");
        }
    }

    private static string? ReadDatabase(JsonElement root)
    {
        if (!root.TryGetProperty("database"u8, out JsonElement database)
            || database.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return database.ValueKind == JsonValueKind.String
            ? database.GetString()
            : throw Refuse("\"database\" must be a string");
    }

    private static Dictionary<string, QueryParameter>? ReadParameters(JsonElement root)
    {
        if (!root.TryGetProperty("params"u8, out JsonElement given) || given.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        Dictionary<string, QueryParameter> parameters = new(StringComparer.Ordinal);
        switch (given.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in given.EnumerateObject())
                {
                    parameters[property.Name] = ToParameter(property.Name, property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement value in given.EnumerateArray())
                {
                    string name = $"{parameters.Count + 1}";
                    parameters.Add(name, ToParameter(name, value));
                }

                break;
            default:
                throw Refuse("\"params\" must be an object by name, or an array for $1, $2 and so on");
        }

        return parameters;
    }

    private static QueryParameter ToParameter(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => QueryParameter.FromText(value.GetString()!),
        JsonValueKind.True => QueryParameter.FromBool(true),
        JsonValueKind.False => QueryParameter.FromBool(false),
        JsonValueKind.Null => QueryParameter.Null,
        JsonValueKind.Number when value.TryGetInt64(out long integer) => QueryParameter.FromInt64(integer),
        JsonValueKind.Number => QueryParameter.FromFloat64(value.GetDouble()),
        _ => throw Refuse($"parameter '{name}' must be a string, a number, a truth value or null"),
    };

    private static RequestFaultException Refuse(string message) => new(FaultKind.Invalid, message);
}
