using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Columns;

/// <summary>Arrow streams of which nothing is ours, one file for each record batch; and what Python needs to
/// send them.</summary>
public sealed class ForeignFiles : IAsyncLifetime
{
    /// <summary>Of the stream that has all that a column may have, sent plain and with LZ4 buffers.</summary>
    internal static readonly ForeignBatch[] WideBatches = [new(1, 500), new(2, 1), new(3, 77)];

    private static readonly ForeignStream[] _streams =
    [
        new("wide", WideBatches),
        new("wide_lz4", WideBatches) { Lz4 = true },
        new("1", new ForeignBatch(1)),
        new("3", new ForeignBatch(3)),
        new("1_2_3", new(1), new(2), new(3)),
        new("2_3", new(2), new(3)),
        new("2_3_changed_4", new(2, Bump: 1000), new(3, Bump: 1000), new(4)) { Lz4 = true },
        new("2_timeless", new ForeignBatch(2)) { Columns = "timeless" },
        new("2_torn", new ForeignBatch(2)) { Fault = "torn" },
        new("2_swollen", new ForeignBatch(2)) { Lz4 = true, Fault = "swollen" },
        new("2_conflicting", new ForeignBatch(2)) { Columns = "conflicting" },
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-columns-");
    private PythonMessages? _messages;
    private JsonElement _paths;

    /// <summary>The folder of the modules for Python.</summary>
    public string MessagesFolder => _messages!.Folder;

    public async ValueTask InitializeAsync()
    {
        _messages = await PythonMessages.MakeAsync("ingest", "types");
        _paths = await ForeignProcess.RunNodeAsync("make-arrow", new
        {
            folder = _folder.FullName,
            streams = _streams.Select(static stream => new
            {
                name = stream.Name,
                columns = stream.Columns,
                lz4 = stream.Lz4,
                fault = stream.Fault,
                batches = stream.Batches.Select(static batch =>
                    new { number = batch.Number, rowCount = batch.RowCount, bump = batch.Bump }),
            }),
        });
    }

    public ValueTask DisposeAsync()
    {
        _messages?.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The batches of some streams, one stream after the other.</summary>
    public string[] PathsOf(params string[] streams) =>
    [
        .. streams.SelectMany(name =>
            _paths.GetProperty(name).EnumerateArray().Select(static path => path.GetString()!)),
    ];
}
