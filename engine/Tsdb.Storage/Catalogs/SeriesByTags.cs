using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage.Catalogs;

/// <summary>
/// From a table and a set of tag values to the series, whatever its spelling: the hash of the value ids in
/// eight bytes, compared with what the tag index says of the series. No key text is kept for it.
/// </summary>
/// <remarks>Under the catalog's lock only.</remarks>
internal sealed class SeriesByTags(CatalogStore catalog)
{
    private readonly SlotTable<IdSlot> _slots = new(catalog.Memory);
    private ulong[] _pairs = new ulong[16];

    /// <summary>
    /// The hash of a series' identity; absent keys do not count, so later keys change nothing.
    /// </summary>
    public ulong ComputeHash(int tableId, ReadOnlySpan<int> valueIds)
    {
        if (_pairs.Length <= valueIds.Length)
        {
            _pairs = new ulong[valueIds.Length + 1];
        }

        int count = 1;
        _pairs[0] = (ulong)tableId;
        for (int i = 0; i < valueIds.Length; i++)
        {
            if (valueIds[i] >= 0)
            {
                _pairs[count++] = ((ulong)i << 32) | (uint)valueIds[i];
            }
        }

        return KeyHash.Compute(MemoryMarshal.AsBytes(_pairs.AsSpan(0, count)));
    }

    public bool TryFind(ulong hash, TableState table, ReadOnlySpan<int> valueIds, out SeriesId series)
    {
        uint upper = (uint)(hash >> 32);
        SlotPartition<IdSlot> partition = _slots.Open(upper);
        bool isFound = false;
        series = default;
        for (uint index = partition.Home(upper); !isFound; index = partition.Next(index))
        {
            ref IdSlot slot = ref partition.At(index);
            if (IdSlot.IsEmpty(ref slot))
            {
                break;
            }

            if (slot.Hash == upper)
            {
                series = new SeriesId(slot.Id);
                SeriesPlace place = catalog.GetPlace(series);
                isFound = place.TableId == table.Schema.TableId
                    && table.Tags.HasTags(place.Ordinal, valueIds);
            }
        }

        GC.KeepAlive(partition);
        return isFound;
    }

    public void Add(ulong hash, SeriesId series) => _slots.Add(new IdSlot((uint)(hash >> 32), series.Value));
}
