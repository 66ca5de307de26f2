namespace Tsdb.Core;

/// <summary>The accounts of one database, one below each of the process's.</summary>
/// <remarks>Thread safe.</remarks>
public sealed class DatabaseMemory : IDisposable
{
    private readonly MemoryBudget _budget;

    internal DatabaseMemory(MemoryBudget budget, string name)
    {
        _budget = budget;
        Memtables = budget.Memtables.CreateChild(name);
        SegmentIndexes = budget.SegmentIndexes.CreateChild(name);
        Ingest = budget.Ingest.CreateChild(name);
        Catalogue = budget.Catalogues.CreateChild(name);
        Scratch = budget.Scratch.CreateChild(name);
    }

    /// <summary>Rows not yet in segments.</summary>
    public MemoryAccount Memtables { get; }

    /// <summary>Indexes of open segments.</summary>
    public MemoryAccount SegmentIndexes { get; }

    /// <summary>Batches on their way in.</summary>
    public MemoryAccount Ingest { get; }

    /// <summary>Tables, tags and series.</summary>
    public MemoryAccount Catalogue { get; }

    /// <summary>What flushes and merges work in.</summary>
    public MemoryAccount Scratch { get; }

    /// <summary>Whether new series cannot be paid for.</summary>
    public bool IsCatalogueFull => _budget.Catalogues.UsedBytes >= _budget.Catalogues.LimitBytes;

    /// <summary>Whether no new work should begin, since the managed heap is near its limit.</summary>
    public bool IsHeapShort => _budget.Heap is { IsShort: true };

    /// <summary>What all memtables of the process may hold.</summary>
    public long MemtablesLimitBytes => _budget.Memtables.LimitBytes;

    /// <summary>What all requests on their way in may hold.</summary>
    public long IngestLimitBytes => _budget.Ingest.LimitBytes;

    /// <summary>What indexes of open segments may hold in the process.</summary>
    public long SegmentIndexesLimitBytes => _budget.SegmentIndexes.LimitBytes;

    /// <summary>What they hold, those of other databases too.</summary>
    public long SegmentIndexesUsedBytes => _budget.SegmentIndexes.UsedBytes;

    /// <summary>Called, on any thread, when another database needs memory that this one may have. Returns
    /// soon.</summary>
    public Action? GiveRoom { get; set; }

    /// <summary>Accounts that nobody limits, for a database on its own.</summary>
    public static DatabaseMemory CreateUnlimited() =>
        MemoryBudget.CreateUnlimited().CreateDatabase("database");

    /// <summary>Asks the other databases to give back what they can.</summary>
    public void AskOthersForRoom() => _budget.AskForRoom(this);

    /// <summary>
    /// The database is closed. An account that readers still keep charged stays until the process ends.
    /// </summary>
    public void Dispose()
    {
        GiveRoom = null;
        _budget.Forget(this);
        MemoryAccount[] accounts = [Memtables, SegmentIndexes, Ingest, Catalogue, Scratch];
        foreach (MemoryAccount account in accounts)
        {
            if (account.UsedBytes == 0)
            {
                account.Dispose();
            }
        }
    }
}
