using Tsdb.Core;

namespace Tsdb.Query.Arrow.Reading;

/// <summary>Which rows of a batch are refused and why: the first reason found for a row counts.</summary>
internal sealed class RowFilter
{
    private RejectReason[] _reasons = [];
    private int[] _places = [];

    /// <summary>Rows refused.</summary>
    public int RefusedCount { get; private set; }

    public void Reset(int rowCount)
    {
        if (_reasons.Length < rowCount)
        {
            _reasons = new RejectReason[rowCount];
        }

        Array.Clear(_reasons);
        RefusedCount = 0;
    }

    public void Refuse(int row, RejectReason reason)
    {
        if (_reasons[row] == RejectReason.None)
        {
            _reasons[row] = reason;
            RefusedCount++;
        }
    }

    public bool IsRefused(int row) => _reasons[row] != RejectReason.None;

    /// <summary>Counts the rows that are kept, and gives each its place among them.</summary>
    public int Place(int rowCount)
    {
        if (_places.Length < rowCount)
        {
            _places = new int[rowCount];
        }

        int place = 0;
        for (int row = 0; row < rowCount; row++)
        {
            _places[row] = IsRefused(row) ? -1 : place++;
        }

        return place;
    }

    /// <summary>Where a row goes, after <see cref="Place"/>; -1 when it is refused.</summary>
    public int PlaceOf(int row) => _places[row];

    /// <summary>Notes every refused row.</summary>
    public void Report(int rowCount, int firstLineNumber, RejectLog rejects)
    {
        for (int row = 0; row < rowCount && RefusedCount > 0; row++)
        {
            if (IsRefused(row))
            {
                rejects.Add(new RowReject(firstLineNumber + row, 0, _reasons[row], null));
            }
        }
    }
}
