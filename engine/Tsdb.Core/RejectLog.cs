namespace Tsdb.Core;

/// <summary>
/// The refusals of one request: all are counted, the first <see cref="EntryCountMax"/> kept with their
/// detail, so
/// that a request made of nothing but errors costs no more memory than one made of none.
/// </summary>
/// <remarks>Filled by one thread at a time. Reusable.</remarks>
public sealed class RejectLog
{
    /// <summary>Refusals kept in full.</summary>
    public const int EntryCountMax = 100;

    private readonly List<RowReject> _entries = [];

    /// <summary>All refusals.</summary>
    public int Count { get; private set; }

    /// <summary>The first refusals, in the order found.</summary>
    public IReadOnlyList<RowReject> Entries => _entries;

    /// <summary>Whether the next refusal's detail will be kept; when not, do not spend time on making
    /// it.</summary>
    public bool KeepsDetail => _entries.Count < EntryCountMax;

    /// <summary>Notes one refusal.</summary>
    public void Add(RowReject reject)
    {
        Count++;
        if (_entries.Count < EntryCountMax)
        {
            _entries.Add(reject);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _entries.Clear();
        Count = 0;
    }
}
