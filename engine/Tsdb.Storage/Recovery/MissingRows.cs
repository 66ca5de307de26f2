using Tsdb.Core;

namespace Tsdb.Storage.Recovery;

/// <summary>The rows of the log that were not back when a snapshot was taken.</summary>
internal sealed class MissingRows(LogReplay replay, int firstPart)
{
    /// <summary>Whether some of them belong to a table and a range.</summary>
    public bool Touch(int tableId, TimeRange range) => replay.Rows.Touches(firstPart, tableId, range);

    /// <summary>No answer is better than one that lacks rows and does not say so.</summary>
    /// <exception cref="StorageClosedException">Some of them belong there.</exception>
    public void ThrowIfTouching(int tableId, TimeRange range)
    {
        if (Touch(tableId, range))
        {
            throw replay.Refuse();
        }
    }
}
