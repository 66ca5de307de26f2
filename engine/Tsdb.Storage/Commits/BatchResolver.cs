using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Catalogs;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Replaces the names in a batch by ids, creating what is new, and refuses the rows that do not fit: on the
/// sender's thread, so that the commit thread never looks at a name.
/// </summary>
/// <remarks>Reusable; one thread at a time.</remarks>
internal sealed class BatchResolver(CatalogStore catalog, StorageOptions options)
{
    private readonly ColumnResolver _columns = new(catalog, options);
    private readonly SeriesResolver _series = new(catalog, options);
    private readonly SeriesGrouping _grouping = new();
    private bool[] _isRejected = [];

    public void Resolve(SampleBatch batch, ResolvedBatch resolved, RejectLog rejects)
    {
        resolved.Start(batch);
        ReadOnlySpan<byte> keyText = batch.KeyText.Span;
        for (int i = 0; i < batch.TableCount; i++)
        {
            TableRows rows = batch.GetTable(i);
            if (rows.RowCount == 0)
            {
                continue;
            }

            TableState? table = FindOrAddTable(rows, rejects);
            if (table is null)
            {
                continue;
            }

            ResolveTable(keyText, rows, table, resolved.AddTable(), rejects);
        }

        resolved.Complete();
    }

    private void ResolveTable(
        ReadOnlySpan<byte> keyText, TableRows rows, TableState table, ResolvedTable target, RejectLog rejects)
    {
        target.Reset(table, rows);
        if (_isRejected.Length < rows.RowCount)
        {
            _isRejected = new bool[Math.Max(rows.RowCount, _isRejected.Length * 2)];
        }

        Span<bool> isRejected = _isRejected.AsSpan(0, rows.RowCount);
        isRejected.Clear();
        bool hasRejects = _columns.Resolve(table, rows, target, isRejected, rejects);
        hasRejects |= _series.Resolve(keyText, table, rows, target.SeriesIds, isRejected, rejects);
        if (table.IsDropped)
        {
            // The names may have been found in the table that took its name: none of them counts.
            RejectAll(rows, table, isRejected, rejects);
            hasRejects = true;
        }

        if (hasRejects)
        {
            target.RemoveRows(isRejected);
        }

        target.Complete();
        _grouping.Apply(target);
    }

    private static void RejectAll(
        TableRows rows, TableState table, Span<bool> isRejected, RejectLog rejects)
    {
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (!isRejected[row])
            {
                isRejected[row] = true;
                rejects.Add(new RowReject(
                    rows.LineNumbers[row], 0, RejectReason.TableDropped, table.Schema.Name));
            }
        }
    }

    private TableState? FindOrAddTable(TableRows rows, RejectLog rejects)
    {
        string name = Encoding.UTF8.GetString(rows.Name);
        TableState? table = catalog.FindTable(name);
        if (table is not null)
        {
            return table;
        }

        RejectReason reason = RejectReason.None;
        lock (catalog.Gate)
        {
            table = catalog.FindTable(name);
            if (table is null && rows.Name.Length > options.NameSizeBytesMax)
            {
                reason = RejectReason.NameTooLong;
            }
            else if (table is null && catalog.LiveTableCount >= options.TableCountMax)
            {
                reason = RejectReason.TooManyTables;
            }
            else
            {
                table ??= catalog.AddTable(name);
            }
        }

        if (table is null)
        {
            for (int row = 0; row < rows.RowCount; row++)
            {
                rejects.Add(new RowReject(rows.LineNumbers[row], 0, reason, name));
            }
        }

        return table;
    }
}
