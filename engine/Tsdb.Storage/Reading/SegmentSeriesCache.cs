using System.Runtime.CompilerServices;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;
using Tsdb.Storage.Indexing;
using Tsdb.Storage.Memtables;
using Tsdb.Storage.Segments;
using Tsdb.Storage.Versions;

namespace Tsdb.Storage.Reading;

/// <summary>
/// Which series of a table have rows within a stretch of time: a segment's are gathered from its index when
/// first asked for, and kept as long as the segment is open.
/// </summary>
/// <remarks>Thread safe.</remarks>
internal sealed class SegmentSeriesCache(CatalogStore catalog)
{
    private readonly ConditionalWeakTable<SegmentReader, Dictionary<int, SeriesSet>> _bySegment = [];

    /// <summary>At least the series of the table that have rows in the range.</summary>
    public SeriesSet Find(StorageVersion version, int tableId, TimeRange range)
    {
        SeriesSetBuilder found = new();
        foreach (IReadOnlyList<SegmentReader> shard in version.SegmentsByShard)
        {
            foreach (SegmentReader segment in shard)
            {
                if (!segment.Identity.Window.Intersect(range).IsEmpty
                    && _bySegment.GetValue(segment, Gather).TryGetValue(tableId, out SeriesSet? series))
                {
                    found.Add(series);
                }
            }
        }

        AddMemtable(version.Active, tableId, found);
        foreach (Memtable memtable in version.Flushing)
        {
            AddMemtable(memtable, tableId, found);
        }

        return found.Build();
    }

    private Dictionary<int, SeriesSet> Gather(SegmentReader segment)
    {
        Dictionary<int, SeriesSetBuilder> builders = [];
        for (int i = 0; i < segment.SeriesCount; i++)
        {
            SeriesPlace place = catalog.GetPlace(segment.GetSeriesId(i));
            ref SeriesSetBuilder? builder = ref System.Runtime.InteropServices.CollectionsMarshal
                .GetValueRefOrAddDefault(builders, place.TableId, out _);
            (builder ??= new SeriesSetBuilder()).Add(place.Ordinal);
        }

        return builders.ToDictionary(static pair => pair.Key, static pair => pair.Value.Build());
    }

    // Whatever the time of its rows: a memtable is young, and most of it is asked for.
    private void AddMemtable(Memtable memtable, int tableId, SeriesSetBuilder found)
    {
        for (int shard = 0; shard < catalog.ShardCount; shard++)
        {
            MemtableShard source = memtable.GetShard(shard);
            int count = source.SeriesCount;
            for (int place = 0; place < count; place++)
            {
                if (source.FirstTail(place) != 0)
                {
                    SeriesId series = new(((uint)place * (uint)catalog.ShardCount) + (uint)shard);
                    SeriesPlace home = catalog.GetPlace(series);
                    if (home.TableId == tableId)
                    {
                        found.Add(home.Ordinal);
                    }
                }
            }
        }
    }
}
