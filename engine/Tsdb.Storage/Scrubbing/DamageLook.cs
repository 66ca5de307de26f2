namespace Tsdb.Storage.Scrubbing;

/// <summary>What one look at a segment has found. Bounded: beyond a number of parts the last one stands for
/// the rest, with their sum.</summary>
/// <remarks>One thread. The same damage in the same order gives the same parts.</remarks>
internal sealed class DamageLook
{
    /// <summary>Parts of one segment that are told apart, the one for the rest included.</summary>
    public const int PartCountMax = 64;

    private readonly List<SegmentDamage> _parts = [];

    /// <summary>What was found, in that order; each at an offset of its own.</summary>
    public IReadOnlyList<SegmentDamage> Parts => _parts;

    /// <summary>Takes in what was found next.</summary>
    public void Add(SegmentDamage found)
    {
        int index = _parts.FindIndex(part => part.OffsetBytes == found.OffsetBytes);
        if (index < 0 && _parts.Count < PartCountMax)
        {
            _parts.Add(found);
            return;
        }

        // Blocks of one value each have no chunk, so that several of them share an offset.
        index = index < 0 ? _parts.Count - 1 : index;
        _parts[index] = Sum(_parts[index], found);
    }

    /// <summary>Another look begins.</summary>
    public void Clear() => _parts.Clear();

    private static SegmentDamage Sum(SegmentDamage part, SegmentDamage found) => part with
    {
        TableId = part.TableId == found.TableId ? part.TableId : null,
        Series = part.Series == found.Series ? part.Series : null,
        FirstTimestampNs = Math.Min(part.FirstTimestampNs, found.FirstTimestampNs),
        LastTimestampNs = Math.Max(part.LastTimestampNs, found.LastTimestampNs),
        RowCount = part.RowCount + found.RowCount,
    };
}
