using Tsdb.Core;
using Tsdb.Query;

namespace Tsdb.Server.Results;

/// <summary>Writes one result in one format, batch by batch, into memory that the caller sends.</summary>
internal interface IResultWriter : IDisposable
{
    /// <summary>The answer's media type.</summary>
    string ContentType { get; }

    /// <summary>Writes what comes before the rows.</summary>
    void Begin(IReadOnlyList<ResultColumn> schema);

    /// <summary>Writes all rows of the batch.</summary>
    void Write(ColumnBatch batch);

    /// <summary>Writes what comes after the rows.</summary>
    void End(QueryStatistics statistics);
}
