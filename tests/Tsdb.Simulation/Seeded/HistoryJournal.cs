using Tsdb.Simulation.Histories;
using Tsdb.Storage;

namespace Tsdb.Simulation.Seeded;

/// <summary>
/// All changes in the order of their commits: what was acknowledged must be there; of the others each wholly
/// or not at all.
/// </summary>
internal sealed class HistoryJournal
{
    private readonly List<Change> _open = [];
    private readonly DatabaseModel _settled = new();

    /// <summary>What is certainly there.</summary>
    public DatabaseModel Settled => _settled;

    /// <summary>Changes of which nobody knows whether they are there.</summary>
    public int DoubtfulCount => _open.Count(static change => !change.IsAcknowledged);

    /// <summary>Adds a change that is under way; it is settled once it is acknowledged.</summary>
    /// <param name="apply">What it does.</param>
    /// <param name="before">Another that is under way and that it takes its place before; null for the
    /// end.</param>
    public Change Add(Action<DatabaseModel> apply, Change? before = null)
    {
        Change change = new(apply);
        _open.Insert(before is null ? _open.Count : _open.IndexOf(before), change);
        return change;
    }

    /// <summary>Takes back a change that was refused before anything of it was written.</summary>
    public void Remove(Change change) => _open.Remove(change);

    /// <summary>Puts the last change before the one before it: wrong on purpose.</summary>
    public void SwapLast()
    {
        if (_open.Count > 1)
        {
            (_open[^1], _open[^2]) = (_open[^2], _open[^1]);
        }
    }

    /// <summary>
    /// Which of the changes in doubt are there, as bits, the oldest lowest; negative, and the differences,
    /// when what is there is none of the states that may be.
    /// </summary>
    public int FindState(
        StorageEngine storage, Func<DatabaseModel, string?> findDifference, out string differences)
    {
        SettleAcknowledged();
        int count = DoubtfulCount;
        differences = "";
        for (int candidate = 0; candidate < 1 << count; candidate++)
        {
            DatabaseModel model = ModelOf(storage, candidate);
            string? difference = findDifference(model);
            if (difference is null)
            {
                return candidate;
            }

            differences += $"\nwith {candidate:b} of {count} in doubt: {difference}";
        }

        return -1;
    }

    /// <summary>After a recovery it is known what became of those in doubt.</summary>
    public void Settle(int state)
    {
        int bit = 0;
        foreach (Change change in _open)
        {
            if (change.IsAcknowledged || (state >> bit++ & 1) != 0)
            {
                change.Apply(_settled);
            }
        }

        _open.Clear();
    }

    private void SettleAcknowledged()
    {
        while (_open.Count > 0 && _open[0].IsAcknowledged)
        {
            _open[0].Apply(_settled);
            _open.RemoveAt(0);
        }
    }

    private DatabaseModel ModelOf(StorageEngine storage, int state)
    {
        DatabaseModel model = _open.Count == 0 ? _settled : _settled.Copy();
        int bit = 0;
        foreach (Change change in _open)
        {
            if (change.IsAcknowledged || (state >> bit++ & 1) != 0)
            {
                change.Apply(model);
            }
        }

        return model.Widen(storage.Catalog);
    }

    /// <summary>One batch or command.</summary>
    internal sealed class Change(Action<DatabaseModel> apply)
    {
        public bool IsAcknowledged { get; set; }

        public void Apply(DatabaseModel model) => apply(model);
    }
}
