namespace Tsdb.Faults;

/// <summary>
/// The names of the device: as the process sees them, as the platter has them, and the changes in between,
/// each of which a power cut keeps or loses as a whole.
/// </summary>
internal sealed class SimulatedNames
{
    private readonly SortedDictionary<string, SimulatedContent?> _current = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedContent?> _durable = new(StringComparer.Ordinal);
    private readonly List<Change> _pending = [];

    /// <summary>Names to contents; null is a directory.</summary>
    public IReadOnlyDictionary<string, SimulatedContent?> Current => _current;

    public bool IsDirectory(string path) =>
        path.Length == 0 || (_current.TryGetValue(path, out SimulatedContent? content) && content is null);

    public SimulatedContent? FindFile(string path) => _current.GetValueOrDefault(path);

    public void Add(string path, SimulatedContent? content) => Apply(new Change(null, path, content));

    public void Rename(string source, string target) => Apply(new Change(source, target, _current[source]));

    public void Remove(string path) => Apply(new Change(path, null, null));

    public void SyncDirectory(string directory)
    {
        for (int i = 0; i < _pending.Count; i++)
        {
            if (_pending[i].Touches(directory))
            {
                _pending[i].ApplyTo(_durable);
            }
        }

        _pending.RemoveAll(change => change.Touches(directory));
    }

    /// <summary>Names after a power cut, by seed.</summary>
    public SortedDictionary<string, SimulatedContent?> Survive(
        Random random, double keepRatio, PowerCutLosses losses)
    {
        var result = new SortedDictionary<string, SimulatedContent?>(_durable, StringComparer.Ordinal);
        foreach (Change change in _pending)
        {
            if (random.NextDouble() < keepRatio)
            {
                change.ApplyTo(result);
            }
            else
            {
                losses.NameCount++;
            }
        }

        foreach (string path in result.Keys.Where(path => !HasParents(result, path)).ToList())
        {
            result.Remove(path);
        }

        return result;
    }

    public void AddDurable(string path, SimulatedContent? content)
    {
        _current[path] = content;
        _durable[path] = content;
    }

    internal static string ParentOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    private static bool HasParents(SortedDictionary<string, SimulatedContent?> names, string path)
    {
        for (string parent = ParentOf(path); parent.Length > 0; parent = ParentOf(parent))
        {
            if (!names.ContainsKey(parent))
            {
                return false;
            }
        }

        return true;
    }

    private void Apply(Change change)
    {
        change.ApplyTo(_current);
        _pending.Add(change);
    }

    private sealed record Change(string? Removed, string? Added, SimulatedContent? Content)
    {
        public bool Touches(string directory) =>
            (Removed is not null && ParentOf(Removed) == directory)
            || (Added is not null && ParentOf(Added) == directory);

        public void ApplyTo(SortedDictionary<string, SimulatedContent?> names)
        {
            if (Removed is not null)
            {
                names.Remove(Removed);
            }

            if (Added is not null)
            {
                names[Added] = Content;
            }
        }
    }
}
