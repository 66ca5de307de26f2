using Apache.Arrow;
using Tsdb.Client.Calls;
using Tsdb.Core;

namespace Tsdb.Client;

/// <summary>A connection to one server over gRPC: queries, writes, the catalogue. Thread safe.</summary>
/// <remarks>
/// Every call throws <see cref="TsdbException"/> when the server fails or cannot be reached, when the
/// database does not exist, or when the options' timeout passes; and <see
/// cref="OperationCanceledException"/> when cancelled.
/// </remarks>
/// <example>
/// <code>
/// using TsdbClient client = new(new Uri("http://127.0.0.1:9001"));
/// await client.WriteLinesAsync("cpu,host=a usage=0.5"u8.ToArray());
/// using TsdbQueryResult result = await client.QueryAsync("SELECT * FROM cpu");
/// await foreach (TsdbRow row in result.ReadRowsAsync()) { Console.WriteLine(row["usage"]); }
/// </code>
/// </example>
public sealed class TsdbClient : IDisposable
{
    private readonly Connection _connection;
    private readonly QueryCalls _queries;
    private readonly IngestCalls _ingest;
    private readonly WriterCalls _writers;
    private readonly CatalogCalls _catalog;
    private readonly AdminCalls _admin;
    private readonly BackupCalls _backups;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="server">The gRPC port, as <c>http://127.0.0.1:9001</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    public TsdbClient(Uri server, TsdbClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
        _connection = new Connection(server, options ?? new TsdbClientOptions());
        _queries = new QueryCalls(_connection);
        _ingest = new IngestCalls(_connection);
        _writers = new WriterCalls(_connection);
        _catalog = new CatalogCalls(_connection);
        _admin = new AdminCalls(_connection);
        _backups = new BackupCalls(_connection);
    }

    /// <summary>Makes a client for a host and its gRPC port, without TLS.</summary>
    public TsdbClient(string host, int port, TsdbClientOptions? options = null)
        : this(new UriBuilder("http", host, port).Uri, options)
    {
    }

    /// <summary>The address that the client was made with.</summary>
    public Uri Server { get; }

    /// <summary>Starts a query; completes when the result's schema is known.</summary>
    /// <param name="sql">One statement.</param>
    /// <param name="parameters">Values for <c>$name</c>, by name without the dollar sign: null, double, long,
    /// int, bool, string, <see cref="Timestamp"/> or <see cref="DateTimeOffset"/>.</param>
    /// <param name="cancellationToken">Stops the query in the server, also while rows are read.</param>
    /// <exception cref="TsdbQueryException">The statement cannot be run as written.</exception>
    /// <exception cref="ArgumentException">A parameter's type is not taken.</exception>
    public Task<TsdbQueryResult> QueryAsync(
        string sql,
        IReadOnlyDictionary<string, object?>? parameters = null,
        CancellationToken cancellationToken = default) =>
        _queries.QueryAsync(sql, parameters, cancellationToken);

    /// <summary>The plan of a statement, one node a line.</summary>
    /// <exception cref="TsdbQueryException">The statement cannot be run as written.</exception>
    public Task<string> ExplainAsync(string sql, CancellationToken cancellationToken = default) =>
        _queries.ExplainAsync(sql, cancellationToken);

    /// <summary>Writes line protocol; completes when all of it is as durable as the options ask.</summary>
    /// <param name="lines">UTF-8; timestamps in ns. At most the server's message limit (64 MB). Left alone
    /// by the caller until the task completes.</param>
    /// <param name="cancellationToken">Stops the waiting; rows may be stored all the same.</param>
    /// <exception cref="TsdbWriteException">Lines were refused; the others are stored.</exception>
    public Task<TsdbWriteOutcome> WriteLinesAsync(
        ReadOnlyMemory<byte> lines, CancellationToken cancellationToken = default) =>
        _ingest.WriteLinesAsync(lines, cancellationToken);

    /// <summary>Writes columns; completes when all rows are as durable as the options ask.</summary>
    /// <param name="table">The table, created on first use.</param>
    /// <param name="tags">Names of the columns that are tags: utf8, or dictionaries of it.</param>
    /// <param name="schema">One column named ts, time or timestamp is the time.</param>
    /// <param name="batches">Of that schema; each is sent as one message.</param>
    /// <param name="cancellationToken">Stops the sending; batches sent may be stored all the same.</param>
    /// <exception cref="TsdbWriteException">Rows were refused; the others are stored.</exception>
    public Task<TsdbWriteOutcome> WriteArrowAsync(
        string table,
        IReadOnlyCollection<string> tags,
        Schema schema,
        IAsyncEnumerable<RecordBatch> batches,
        CancellationToken cancellationToken = default) =>
        _ingest.WriteArrowAsync(table, tags, schema, batches, cancellationToken);

    /// <summary>
    /// Opens a writer of columns, for batch after batch: faster than <see cref="WriteArrowAsync"/>, and it
    /// survives broken connections.
    /// </summary>
    /// <param name="schema">Table, tags and fields.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    public Task<TsdbWriter> OpenWriterAsync(
        TsdbWriterSchema schema,
        TsdbWriterOptions? options = null,
        CancellationToken cancellationToken = default) =>
        _writers.OpenAsync(schema, options ?? new TsdbWriterOptions(), cancellationToken);

    /// <summary>The databases of the server.</summary>
    public Task<IReadOnlyList<string>> ListDatabasesAsync(CancellationToken cancellationToken = default) =>
        _catalog.ListDatabasesAsync(cancellationToken);

    /// <summary>The tables of the database, by name.</summary>
    public Task<IReadOnlyList<string>> ListTablesAsync(CancellationToken cancellationToken = default) =>
        _catalog.ListTablesAsync(cancellationToken);

    /// <summary>A table's tags and columns.</summary>
    public Task<TsdbTable> DescribeTableAsync(string table, CancellationToken cancellationToken = default) =>
        _catalog.DescribeTableAsync(table, cancellationToken);

    /// <summary>A tag's values in ordinal order, at most 1000.</summary>
    /// <param name="table">The table.</param>
    /// <param name="key">The tag's key.</param>
    /// <param name="prefix">Only values that start so.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<string>> ListTagValuesAsync(
        string table, string key, string prefix = "", CancellationToken cancellationToken = default) =>
        _catalog.ListTagValuesAsync(table, key, prefix, cancellationToken);

    /// <summary>Writes what is in memory to segments. No database in the options means all of them.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) =>
        _admin.FlushAsync(cancellationToken);

    /// <summary>Merges segments until nothing is worth merging.</summary>
    public Task CompactAsync(CancellationToken cancellationToken = default) =>
        _admin.CompactAsync(cancellationToken);

    /// <summary>Counters of each database, by database and name.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>>> GetStatisticsAsync(
        CancellationToken cancellationToken = default) => _admin.GetStatisticsAsync(cancellationToken);

    /// <summary>Makes a snapshot of all that was acknowledged before the call.</summary>
    /// <param name="name">1 to 64 ASCII letters, digits, '_', '-', '.'.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    public Task<TsdbSnapshot> CreateSnapshotAsync(
        string name, CancellationToken cancellationToken = default) =>
        _backups.CreateSnapshotAsync(name, cancellationToken);

    /// <summary>The snapshots of the database, by name.</summary>
    public Task<IReadOnlyList<TsdbSnapshot>> ListSnapshotsAsync(
        CancellationToken cancellationToken = default) => _backups.ListSnapshotsAsync(cancellationToken);

    /// <summary>Removes a snapshot.</summary>
    public Task DeleteSnapshotAsync(string name, CancellationToken cancellationToken = default) =>
        _backups.DeleteSnapshotAsync(name, cancellationToken);

    /// <summary>Has the server send a backup of all that was acknowledged before the call.</summary>
    /// <param name="target">A folder below the server's backup root, or <c>s3://bucket/prefix</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Gives up; there is no new backup then.</param>
    public Task<TsdbBackup> BackUpAsync(
        string target, TsdbBackupOptions? options = null, CancellationToken cancellationToken = default) =>
        _backups.BackUpAsync(target, options ?? new TsdbBackupOptions(), cancellationToken);

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _connection.Dispose();
}
