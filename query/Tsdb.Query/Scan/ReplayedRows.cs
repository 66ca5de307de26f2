using Tsdb.Query.Planning;
using Tsdb.Storage;

namespace Tsdb.Query.Scan;

/// <summary>After a crash: queries whose rows are still being brought back from the log wait for
/// them.</summary>
internal static class ReplayedRows
{
    /// <summary>Fails before anything is answered if rows of the plan are missing.</summary>
    /// <exception cref="StorageClosedException">They are.</exception>
    public static void Require(SelectPlan plan, StorageSnapshot snapshot)
    {
        if (plan.Scan is { } scan)
        {
            snapshot.RequireAllRows(scan.Table, scan.Filter.Range);
        }
    }

    /// <summary>Executes at once or, when rows are missing, once they are back: after a while that is given
    /// up.</summary>
    public static async Task<QueryResult> WhenBackAsync(
        Func<QueryResult> execute, StorageEngine storage, CancellationToken cancellationToken)
    {
        try
        {
            return execute();
        }
        catch (StorageClosedException refused) when (refused.Refusal == StorageRefusal.Replaying)
        {
            await storage.WaitForReplayAsync(cancellationToken).ConfigureAwait(false);
        }

        return execute();
    }
}
