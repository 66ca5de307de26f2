namespace Tsdb.Core;

/// <summary>
/// How one process divides its memory: a top account of four fifths of the limit, the rest being the
/// runtime's and the system's, and below it one account for each use, with its share as its limit. Databases
/// and queries have accounts below these.
/// </summary>
/// <remarks>Thread safe. Shares: docs/operating/sizing.md.</remarks>
public sealed class MemoryBudget
{
    private const int AllPercent = 80;
    private const int MemtablePercent = 20;
    private const int QueryPercent = 12;
    private const int SegmentIndexPercent = 12;
    private const int IngestPercent = 8;
    private const int CataloguePercent = 18;
    private const int ScratchPercent = 6;

    private readonly Lock _gate = new();
    private readonly List<DatabaseMemory> _databases = [];

    private MemoryBudget(long limitBytes)
    {
        LimitBytes = limitBytes;
        Root = MemoryAccount.CreateRoot("process", PartOf(limitBytes, AllPercent));
        Memtables = Root.CreateChild("memtables", PartOf(limitBytes, MemtablePercent));
        Queries = Root.CreateChild("queries", PartOf(limitBytes, QueryPercent));
        SegmentIndexes = Root.CreateChild("segment_indexes", PartOf(limitBytes, SegmentIndexPercent));
        Ingest = Root.CreateChild("ingest", PartOf(limitBytes, IngestPercent));
        Catalogues = Root.CreateChild("catalogues", PartOf(limitBytes, CataloguePercent));
        Scratch = Root.CreateChild("scratch", PartOf(limitBytes, ScratchPercent));
    }

    /// <summary>What the process may use in all; <see cref="long.MaxValue"/> when nobody limits
    /// it.</summary>
    public long LimitBytes { get; }

    /// <summary>All that is charged in the process.</summary>
    public MemoryAccount Root { get; }

    /// <summary>Rows not yet in segments.</summary>
    public MemoryAccount Memtables { get; }

    /// <summary>What running queries hold.</summary>
    public MemoryAccount Queries { get; }

    /// <summary>Indexes of open segments.</summary>
    public MemoryAccount SegmentIndexes { get; }

    /// <summary>Requests on their way in: text, batches, the connections' buffers.</summary>
    public MemoryAccount Ingest { get; }

    /// <summary>Tables, tags and series.</summary>
    public MemoryAccount Catalogues { get; }

    /// <summary>What flushes and merges work in.</summary>
    public MemoryAccount Scratch { get; }

    /// <summary>Tells when the managed heap comes near its own limit; null where it has none.</summary>
    public HeapGauge? Heap { get; set; }

    /// <summary>Divides a limit.</summary>
    /// <param name="limitBytes">What the process may use in all; at least 1.</param>
    public static MemoryBudget Create(long limitBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limitBytes, 1);
        return new MemoryBudget(limitBytes);
    }

    /// <summary>Accounts without limits.</summary>
    public static MemoryBudget CreateUnlimited() => new(long.MaxValue);

    /// <summary>Makes the accounts of one database; whoever makes them disposes them.</summary>
    /// <param name="name">The database's name.</param>
    public DatabaseMemory CreateDatabase(string name)
    {
        DatabaseMemory memory = new(this, name);
        lock (_gate)
        {
            _databases.Add(memory);
        }

        return memory;
    }

    /// <summary>Asks all databases but one to give back what they can: spare memory at once, rows once they
    /// are flushed.</summary>
    internal void AskForRoom(DatabaseMemory asking)
    {
        DatabaseMemory[] others;
        lock (_gate)
        {
            others = [.. _databases.Where(database => database != asking)];
        }

        foreach (DatabaseMemory other in others)
        {
            other.GiveRoom?.Invoke();
        }
    }

    internal void Forget(DatabaseMemory memory)
    {
        lock (_gate)
        {
            _databases.Remove(memory);
        }
    }

    private static long PartOf(long limitBytes, int percent) =>
        limitBytes == long.MaxValue ? long.MaxValue : (long)(limitBytes * (percent / 100.0));
}
