using Tsdb.Client.Writing;

namespace Tsdb.Client;

/// <summary>
/// Writes columns to one table, batch after batch, while earlier batches are still on their way. The fastest
/// way in: tags are sent once, values as they lie in memory. When the connection breaks the writer makes
/// another and sends again what was not acknowledged; a batch that comes twice does no harm.
/// </summary>
/// <remarks>Thread safe; batches are sent in the order of the calls. A batch is for one thread at a
/// time.</remarks>
/// <example>
/// <code>
/// TsdbWriterSchema schema = new("cpu", ["host"], [new("usage", ColumnType.Float64)]);
/// await using TsdbWriter writer = await client.OpenWriterAsync(schema);
/// TsdbSeries host = writer.AddSeries("a");
/// TsdbBatch batch = writer.CreateBatch();
/// batch.AddRow(host, Timestamp.Now(TimeProvider.System));
/// batch.AddFloats(0, 0.5);
/// Task&lt;TsdbWriteOutcome&gt; durable = await writer.SendAsync(batch);
/// await durable;
/// </code>
/// </example>
public sealed class TsdbWriter : IAsyncDisposable
{
    private readonly SeriesTexts _series;
    private readonly BatchEncoder _encoder;
    private readonly StreamPump _pump;
    private readonly SemaphoreSlim _turn = new(1);
    private ulong _sequence;

    internal TsdbWriter(TsdbWriterSchema schema, SeriesTexts series, StreamPump pump)
    {
        Schema = schema;
        _series = series;
        _pump = pump;
        _sequence = pump.DurableSequence;
        _encoder = new BatchEncoder(schema, series);
    }

    /// <summary>What it writes.</summary>
    public TsdbWriterSchema Schema { get; }

    /// <summary>
    /// Number of the last batch that is durable. At the start what the server remembers of the stream's
    /// name, else 0; batches are numbered on from there.
    /// </summary>
    public ulong DurableSequence => _pump.DurableSequence;

    /// <summary>A set of tags; the same set gives the same series. Kept as long as the writer.</summary>
    /// <param name="tagValues">In the order of the schema's tags; null or empty for none.</param>
    /// <exception cref="ArgumentException">There are more or fewer than the schema has tags.</exception>
    public TsdbSeries AddSeries(params ReadOnlySpan<string?> tagValues) => new(_series.FindOrAdd(tagValues));

    /// <summary>An empty batch; to be used again after <see cref="TsdbBatch.Clear"/>.</summary>
    /// <param name="rowCapacity">Rows for which to make room at once. Batches of some 10 000 rows are
    /// fastest.</param>
    public TsdbBatch CreateBatch(int rowCapacity = 1024) => new(Schema, rowCapacity);

    /// <summary>Sends a batch; waits while as many are under way as the window allows.</summary>
    /// <param name="batch">The caller's again when this returns.</param>
    /// <param name="cancellationToken">Gives up waiting; what is sent is sent.</param>
    /// <returns>
    /// A task that completes when the rows are as durable as the client's options ask. It fails with
    /// <see cref="TsdbWriteException"/> when rows were refused (the others are stored), and with
    /// <see cref="TsdbException"/> when the writer failed.
    /// </returns>
    /// <exception cref="ArgumentException">A field has more or fewer values than there are rows.</exception>
    /// <exception cref="TsdbException">The writer failed; batches that are not durable must be sent by
    /// another.</exception>
    public async ValueTask<Task<TsdbWriteOutcome>> SendAsync(
        TsdbBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!ReferenceEquals(batch.Schema, Schema))
        {
            throw new ArgumentException("the batch is another writer's", nameof(batch));
        }

        BatchEncoder.Check(batch);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _pump.AdmitAsync(cancellationToken).ConfigureAwait(false);
            SentBatch sent = _encoder.Encode(batch, ++_sequence);
            _pump.Send(sent);
            return sent.Completion;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Completes when every batch sent so far is acknowledged. What was refused, the batches' own
    /// tasks tell.</summary>
    /// <exception cref="TsdbException">The writer failed before.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default) =>
        _pump.WhenDrainedAsync().WaitAsync(cancellationToken);

    /// <summary>Waits for the acknowledgements that are missing, at most as long as the options let it try,
    /// and ends the stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pump.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }
}
