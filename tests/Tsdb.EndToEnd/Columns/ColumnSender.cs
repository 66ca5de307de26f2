using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.Columns;

/// <summary>Sends what apache-arrow made to one database, with grpc-js or grpcio, and reads the rows back
/// over HTTP.</summary>
internal sealed class ColumnSender(string language, string database, ForeignFiles files)
{
    // Cuts messages in their middle.
    private const int PieceSizeBytes = 1000;
    private const string StreamId = "foreign";

    private readonly object _target = new { database, table = ForeignRows.Table, tags = (string[])["place"] };

    /// <summary>Calls WriteArrow with one stream after the other.</summary>
    public Task<ColumnReply> WriteArrowAsync(string address, string httpUrl, params string[] streams) =>
        RunAsync(new
        {
            address,
            target = _target,
            messages = files.MessagesFolder,
            pieceSizeBytes = PieceSizeBytes,
            paths = files.PathsOf(streams),
            http = httpUrl,
            database,
            sql = ForeignRows.Sql,
        });

    /// <summary>Calls WriteStream, the first batch with this number.</summary>
    public Task<ColumnReply> WriteStreamAsync(
        string address, string httpUrl, int firstSequence, params string[] streams) =>
        RunAsync(new
        {
            address,
            target = _target,
            messages = files.MessagesFolder,
            streamId = StreamId,
            batches = Number(firstSequence, streams),
            http = httpUrl,
            database,
            sql = ForeignRows.Sql,
        });

    /// <summary>Calls WriteStream; the sender kills the server with SIGKILL as soon as it has the last
    /// acknowledgement.</summary>
    public Task<ColumnReply> WriteStreamAndKillAsync(
        string address, int serverId, params string[] streams) =>
        RunAsync(new
        {
            address,
            target = _target,
            messages = files.MessagesFolder,
            streamId = StreamId,
            batches = Number(1, streams),
            pid = serverId,
        });

    private object[] Number(int firstSequence, string[] streams) =>
        [.. files.PathsOf(streams).Select((path, i) => new { sequence = firstSequence + i, path })];

    private async Task<ColumnReply> RunAsync(object arguments) => new(
        language == "python"
            ? await ForeignProcess.RunPythonAsync("write-columns", arguments)
            : await ForeignProcess.RunNodeAsync("write-columns", arguments));
}
