namespace Tsdb.Storage.Scrubbing;

/// <summary>The damaged parts of segments that are known.</summary>
/// <remarks>Thread safe. Bounded: of a segment as many parts as a <see cref="DamageLook"/> tells
/// apart.</remarks>
internal sealed class DamageList
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(long SegmentNumber, long OffsetBytes), SegmentDamage> _parts = [];

    /// <param name="known">What was found before.</param>
    public DamageList(IEnumerable<SegmentDamage> known)
    {
        foreach (SegmentDamage part in known)
        {
            _parts[(part.SegmentNumber, part.OffsetBytes)] = part;
        }
    }

    /// <summary>All of them, by segment and offset.</summary>
    public IReadOnlyList<SegmentDamage> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _parts.Values];
            }
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _parts.Count == 0;
            }
        }
    }

    /// <summary>Takes a part in at once, before the look that found it is over; false when it is known, or
    /// when as many of its segment are: then the end of the look says how they are summed.</summary>
    public bool Add(SegmentDamage found)
    {
        lock (_gate)
        {
            if (CountOf(found.SegmentNumber) >= DamageLook.PartCountMax)
            {
                return false;
            }

            return _parts.TryAdd((found.SegmentNumber, found.OffsetBytes), found);
        }
    }

    /// <summary>A look at a segment is over: what it found is what there is.</summary>
    /// <returns>The parts that are over, and those that are new or say something else than before.</returns>
    public (IReadOnlyList<SegmentDamage> Over, IReadOnlyList<SegmentDamage> Changed) Settle(
        long segmentNumber, IReadOnlyList<SegmentDamage> found)
    {
        lock (_gate)
        {
            SegmentDamage[] over =
            [
                .. _parts.Values.Where(part => part.SegmentNumber == segmentNumber
                    && !found.Any(other => other.OffsetBytes == part.OffsetBytes)),
            ];
            SegmentDamage[] changed = [.. found.Where(part => !IsKnown(part))];
            foreach (SegmentDamage part in over)
            {
                _parts.Remove((part.SegmentNumber, part.OffsetBytes));
            }

            foreach (SegmentDamage part in changed)
            {
                _parts[(part.SegmentNumber, part.OffsetBytes)] = part;
            }

            return (over, changed);
        }
    }

    /// <summary>The series that have damaged parts in a segment, none when only the file as a whole is
    /// damaged; null when there are too many to tell.</summary>
    public IReadOnlySet<uint>? FindSeries(long segmentNumber)
    {
        lock (_gate)
        {
            SegmentDamage[] known = [.. _parts.Values.Where(part => part.SegmentNumber == segmentNumber)];
            return known.Length >= DamageLook.PartCountMax
                ? null
                : known.Where(static part => part.Series is not null)
                    .Select(static part => part.Series!.Value.Value).ToHashSet();
        }
    }

    /// <summary>Forgets the parts that something is true of; gives them.</summary>
    public IReadOnlyList<SegmentDamage> Remove(Predicate<SegmentDamage> isOver)
    {
        lock (_gate)
        {
            SegmentDamage[] over = [.. _parts.Values.Where(part => isOver(part))];
            foreach (SegmentDamage part in over)
            {
                _parts.Remove((part.SegmentNumber, part.OffsetBytes));
            }

            return over;
        }
    }

    private int CountOf(long segmentNumber) =>
        _parts.Keys.Count(key => key.SegmentNumber == segmentNumber);

    /// <summary>When it was found first, and in which words it is told, is as it was.</summary>
    private bool IsKnown(SegmentDamage part) =>
        _parts.TryGetValue((part.SegmentNumber, part.OffsetBytes), out SegmentDamage? known)
        && known == part with { Found = known.Found, Message = known.Message };
}
