using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Expiry;

/// <summary>Which tables a segment has rows of, and from when to when: gathered from its index when first
/// asked for, and kept as long as the segment is open.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class SegmentTables
{
    private readonly ConditionalWeakTable<SegmentReader, TableSpan[]> _bySegment = [];

    public ReadOnlySpan<TableSpan> Find(SegmentReader segment) => _bySegment.GetValue(segment, Gather);

    private static TableSpan[] Gather(SegmentReader segment)
    {
        Dictionary<int, TableSpan> spans = [];
        for (int i = 0; i < segment.SeriesCount; i++)
        {
            SeriesEntry entry = segment.GetSeries(i);
            ref TableSpan span = ref CollectionsMarshal.GetValueRefOrAddDefault(
                spans, entry.TableId, out bool isThere);
            span = isThere
                ? span with
                {
                    FirstNs = Math.Min(span.FirstNs, entry.FirstTimestampNs),
                    LastNs = Math.Max(span.LastNs, entry.LastTimestampNs),
                }
                : new TableSpan(entry.TableId, entry.FirstTimestampNs, entry.LastTimestampNs);
        }

        return [.. spans.Values];
    }
}
