using System.Buffers;
using System.Text;
using System.Text.Json;
using Tsdb.Core;
using Tsdb.Storage;

namespace Tsdb.Server.Cli;

/// <summary>What <c>tsdb check --json</c> prints: one document, as docs/operating/check.md says.</summary>
internal sealed class CheckReport
{
    private const int Version = 1;

    private readonly List<(string Name, StorageCheckResult Result, List<CheckDamage> Damages)> _databases =
        [];

    public int DamageCount => _databases.Sum(static database => database.Result.DamageCount);

    public void Add(string name, StorageCheckResult result, List<CheckDamage> damages) =>
        _databases.Add((name, result, damages));

    public string ToJson(string dataDirectory)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, Version);
            json.WriteString("data"u8, dataDirectory);
            json.WriteBoolean("sound"u8, DamageCount == 0);
            json.WriteStartArray("databases"u8);
            foreach ((string name, StorageCheckResult result, List<CheckDamage> damages) in _databases)
            {
                json.WriteStartObject();
                json.WriteString("database"u8, name);
                json.WriteNumber("segments"u8, result.SegmentCount);
                json.WriteNumber("chunks"u8, result.ChunkCount);
                json.WriteNumber("logFrames"u8, result.FrameCount);
                json.WriteStartArray("damages"u8);
                damages.ForEach(damage => Write(json, damage));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, CheckDamage damage)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, damage.Kind);
        json.WriteString("file"u8, damage.Path);
        Write(json, "offset"u8, damage.OffsetBytes);
        json.WriteString("table"u8, damage.Table);
        Write(json, "tableId"u8, damage.TableId);
        Write(json, "seriesId"u8, damage.Series?.Value);
        json.WriteString("from"u8, TextOf(damage.First));
        json.WriteString("to"u8, TextOf(damage.Last));
        Write(json, "rows"u8, damage.RowCount);
        json.WriteString("message"u8, damage.Message);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string? TextOf(Timestamp? timestamp) => timestamp?.ToString();
}
