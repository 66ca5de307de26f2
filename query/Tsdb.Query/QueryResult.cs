using Tsdb.Core;
using Tsdb.Query.Operators;
using Tsdb.Storage;

namespace Tsdb.Query;

/// <summary>
/// The rows of one query, pulled batch by batch. The work happens inside <see cref="MoveNext"/>, on the
/// caller's thread (aggregation may use more). Dispose it: it holds a snapshot of the storage.
/// </summary>
/// <remarks>Not thread safe.</remarks>
public sealed class QueryResult : IDisposable
{
    /// <summary>Most rows in one batch.</summary>
    public const int BatchRowCountMax = 8192;

    private readonly RowSource _source;
    private readonly QueryContext _context;
    private readonly ColumnBatch _batch;
    private long _outputSizeBytes;

    internal QueryResult(IReadOnlyList<ResultColumn> schema, RowSource source, QueryContext context)
    {
        Schema = schema;
        _source = source;
        _context = context;
        _batch = new ColumnBatch(schema);
    }

    /// <summary>Name and type of each column.</summary>
    public IReadOnlyList<ResultColumn> Schema { get; }

    /// <summary>The present batch, 1 to <see cref="BatchRowCountMax"/> rows; valid until the next
    /// <see cref="MoveNext"/>.</summary>
    public ColumnBatch Current => _batch;

    /// <summary>What has been read so far.</summary>
    public QueryStatistics Statistics => _context.Statistics;

    /// <summary>Goes on to the next batch; false at the end.</summary>
    /// <exception cref="SqlException">A value cannot be computed, or the type of a column changed since the
    /// query was planned: run it again.</exception>
    /// <exception cref="QueryLimitException">A limit of the options was reached.</exception>
    /// <exception cref="OperationCanceledException">The token given to Execute was cancelled.</exception>
    public bool MoveNext()
    {
        bool found = MoveSource();
        _batch.RowCount = 0;
        if (found)
        {
            RowBlock block = _source.Current;
            Invariant.Holds(block.RowCount is > 0 and <= BatchRowCountMax);
            Array.Copy(block.Columns, _batch.Columns, _batch.Columns.Length);
            _batch.RowCount = block.RowCount;
            _context.CountReturnedRows(block.RowCount);
        }

        _context.Statistics.Elapsed = _context.Elapsed;
        return found;
    }

    /// <summary>Charges the query for what its reader makes of its rows.</summary>
    /// <param name="sizeBytes">What the reader holds now.</param>
    /// <exception cref="QueryLimitException">A limit of the options was reached.</exception>
    public void ChargeOutput(long sizeBytes)
    {
        _context.Charge(sizeBytes - _outputSizeBytes);
        _outputSizeBytes = sizeBytes;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _source.Dispose();
        _context.Dispose();
    }

    // The caller may have passed the schema on already: planning anew is his to decide.
    private bool MoveSource()
    {
        try
        {
            return _source.MoveNext();
        }
        catch (SchemaChangedException)
        {
            throw new SqlException(
                "the type of a column changed while the query ran", 0, 1, 1, "run the query again");
        }
    }
}
