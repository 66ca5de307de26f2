using System.Text.Json;
using Tsdb.Engine;
using Tsdb.Storage;

namespace Tsdb.Server.Endpoints;

/// <summary>
/// What <c>/ready</c> says: 200 when every database takes reads and writes, 503 while one does not; with the
/// progress of a replay and all that is wrong.
/// </summary>
internal sealed class ReadyReport
{
    private readonly List<(string Database, ReplayProgress Progress)> _replays = [];
    private readonly List<(string Database, StorageFault Fault)> _faults = [];

    public ReadyReport(IReadOnlyList<Database> databases)
    {
        foreach (Database database in databases)
        {
            if (database.Storage.Replay is { } progress)
            {
                _replays.Add((database.Name, progress));
            }

            _faults.AddRange(database.GetFaults().Select(fault => (database.Name, fault)));
        }
    }

    public int HttpStatus =>
        _replays.Count > 0 || _faults.Exists(static entry => entry.Fault.RefusesWrites) ? 503 : 200;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString(
            "status"u8, _replays.Count > 0 ? "replaying" : _faults.Count > 0 ? "degraded" : "ready");
        if (_replays.Count > 0)
        {
            json.WriteStartArray("replays"u8);
            _replays.ForEach(entry => WriteReplay(json, entry.Database, entry.Progress));
            json.WriteEndArray();
        }

        if (_faults.Count > 0)
        {
            json.WriteStartArray("faults"u8);
            _faults.ForEach(entry => WriteFault(json, entry.Database, entry.Fault));
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteReplay(Utf8JsonWriter json, string database, ReplayProgress progress)
    {
        json.WriteStartObject();
        json.WriteString("database"u8, database);
        json.WriteNumber("replayedBytes"u8, progress.ReplayedSizeBytes);
        json.WriteNumber("bytes"u8, progress.SizeBytes);
        json.WriteNumber("replayedRows"u8, progress.ReplayedRowCount);
        json.WriteNumber("rows"u8, progress.RowCount);
        if (progress.Remaining is { } remaining)
        {
            json.WriteNumber("remainingSeconds"u8, Math.Round(remaining.TotalSeconds, 1));
        }

        json.WriteEndObject();
    }

    private static void WriteFault(Utf8JsonWriter json, string database, StorageFault fault)
    {
        json.WriteStartObject();
        json.WriteString("database"u8, database);
        json.WriteString("kind"u8, fault.Kind);
        json.WriteString("message"u8, fault.Message);
        json.WriteBoolean("refusesWrites"u8, fault.RefusesWrites);
        json.WriteEndObject();
    }
}
