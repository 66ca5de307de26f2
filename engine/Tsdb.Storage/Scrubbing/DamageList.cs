namespace Tsdb.Storage.Scrubbing;

/// <summary>The damaged parts of segments that are known.</summary>
/// <remarks>Thread safe. Bounded: beyond a number of parts a segment's last one stands for the rest of
/// it.</remarks>
internal sealed class DamageList
{
    private const int PartCountMax = 64;

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

    /// <summary>Takes a part in; false when it is known.</summary>
    public bool Add(SegmentDamage found)
    {
        lock (_gate)
        {
            SegmentDamage[] known =
                [.. _parts.Values.Where(part => part.SegmentNumber == found.SegmentNumber)];
            if (known.Any(part => part.OffsetBytes == found.OffsetBytes))
            {
                return false;
            }

            if (known.Length < PartCountMax)
            {
                _parts.Add((found.SegmentNumber, found.OffsetBytes), found);
                return true;
            }

            SegmentDamage last = known[^1];
            _parts[(last.SegmentNumber, last.OffsetBytes)] = last with
            {
                TableId = last.TableId == found.TableId ? last.TableId : null,
                Series = last.Series == found.Series ? last.Series : null,
                FirstTimestampNs = Math.Min(last.FirstTimestampNs, found.FirstTimestampNs),
                LastTimestampNs = Math.Max(last.LastTimestampNs, found.LastTimestampNs),
                RowCount = last.RowCount + found.RowCount,
            };
            return false;
        }
    }

    /// <summary>The series that have damaged parts in a segment, none when only the file as a whole is
    /// damaged; null when there are too many to tell.</summary>
    public IReadOnlySet<uint>? FindSeries(long segmentNumber)
    {
        lock (_gate)
        {
            SegmentDamage[] known = [.. _parts.Values.Where(part => part.SegmentNumber == segmentNumber)];
            return known.Length >= PartCountMax
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
}
