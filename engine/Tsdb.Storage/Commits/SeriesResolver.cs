using Tsdb.Core;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Finds the series of each row by its key bytes as sent; a spelling seen for the first time is taken apart,
/// found
/// under its canonical form or created, and remembered.
/// </summary>
internal sealed class SeriesResolver(CatalogStore catalog, StorageOptions options)
{
    // Rows for which the catalog's lock is held at once: long enough that two senders of new series do not
    // hand it to and fro, short enough that nobody waits for a millisecond.
    private const int LockedRowCountMax = 256;

    private readonly SeriesCreator _creator = new(catalog, options);
    private int[] _unknownRows = [];

    /// <summary>Fills <paramref name="seriesIds"/>; true when rows were refused and marked.</summary>
    public bool Resolve(
        ReadOnlySpan<byte> keyText,
        TableState table,
        TableRows rows,
        Span<uint> seriesIds,
        Span<bool> isRejected,
        RejectLog rejects)
    {
        if (rows.Keys is SeriesKeyList keys)
        {
            return ResolveListed(keys, table, rows, seriesIds, isRejected, rejects);
        }

        int unknownCount = 0;
        if (_unknownRows.Length < rows.RowCount)
        {
            _unknownRows = new int[Math.Max(rows.RowCount, _unknownRows.Length * 2)];
        }

        // Keys that were forgotten since then may have been those of the table that had the name before.
        if (rows.SeriesKeysVersion == catalog.Keys.Version)
        {
            rows.SeriesIds.AsSpan(0, rows.RowCount).CopyTo(seriesIds);
        }
        else
        {
            seriesIds[..rows.RowCount].Fill(ISeriesKeys.Unknown);
        }

        for (int row = 0; row < rows.RowCount; row++)
        {
            if (seriesIds[row] != ISeriesKeys.Unknown)
            {
                continue;
            }

            ReadOnlySpan<byte> key = keyText.Slice(rows.KeyOffsets[row], rows.KeyLengths[row]);
            if (catalog.Keys.TryFind(key, KeyHash.Compute(key), out SeriesId series))
            {
                seriesIds[row] = series.Value;
            }
            else if (!isRejected[row])
            {
                _unknownRows[unknownCount++] = row;
            }
        }

        bool hasRejects = false;
        for (int first = 0; first < unknownCount; first += LockedRowCountMax)
        {
            ReadOnlySpan<int> unknown =
                _unknownRows.AsSpan(first, Math.Min(LockedRowCountMax, unknownCount - first));
            hasRejects |= FindOrAdd(keyText, table, rows, unknown, seriesIds, isRejected, rejects);
        }

        return hasRejects;
    }

    private bool FindOrAdd(
        ReadOnlySpan<byte> keyText,
        TableState table,
        TableRows rows,
        ReadOnlySpan<int> unknownRows,
        Span<uint> seriesIds,
        Span<bool> isRejected,
        RejectLog rejects)
    {
        bool hasRejects = false;
        lock (catalog.Gate)
        {
            catalog.StartAdding();
            foreach (int row in unknownRows)
            {
                ReadOnlySpan<byte> key = keyText.Slice(rows.KeyOffsets[row], rows.KeyLengths[row]);
                RejectReason reason = _creator.FindOrAdd(
                    key, KeyHash.Compute(key), table, out SeriesId series, out string? detail);
                seriesIds[row] = series.Value;
                if (reason != RejectReason.None)
                {
                    isRejected[row] = true;
                    hasRejects = true;
                    rejects.Add(new RowReject(rows.LineNumbers[row], 0, reason, detail));
                }
            }
        }

        return hasRejects;
    }

    // A key in a list is looked up once; after that a row costs one load.
    private bool ResolveListed(
        SeriesKeyList keys,
        TableState table,
        TableRows rows,
        Span<uint> seriesIds,
        Span<bool> isRejected,
        RejectLog rejects)
    {
        bool hasRejects = false;
        Span<uint> known = keys.SeriesIdsOf(table);
        ReadOnlySpan<int> indexes = rows.KeyIndexes.AsSpan(0, rows.RowCount);
        for (int row = 0; row < indexes.Length; row++)
        {
            uint id = known[indexes[row]];
            if (id == SeriesKeyList.UnknownId && !isRejected[row])
            {
                RejectReason reason =
                    FindListed(keys, indexes[row], table, out SeriesId series, out string? detail);
                if (reason != RejectReason.None)
                {
                    isRejected[row] = true;
                    hasRejects = true;
                    rejects.Add(new RowReject(rows.LineNumbers[row], 0, reason, detail));
                    continue;
                }

                id = known[indexes[row]] = series.Value;
            }

            seriesIds[row] = id;
        }

        return hasRejects;
    }

    private RejectReason FindListed(
        SeriesKeyList keys, int index, TableState table, out SeriesId series, out string? detail)
    {
        detail = null;
        ReadOnlySpan<byte> key = keys.GetKey(index);
        ulong hash = keys.GetHash(index);
        if (catalog.Keys.TryFind(key, hash, out series))
        {
            return RejectReason.None;
        }

        lock (catalog.Gate)
        {
            catalog.StartAdding();
            return _creator.FindOrAdd(key, hash, table, out series, out detail);
        }
    }
}
