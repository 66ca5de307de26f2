using Tsdb.Storage.Expiry;

namespace Tsdb.Storage.Commits;

/// <summary>Tells the clock of event times of a few rows of each batch: a batch costs the same whatever its
/// size.</summary>
/// <remarks>The commit thread's.</remarks>
internal sealed class ArrivalSamples(EventClock clock)
{
    private const int RowCountMax = 16;

    private readonly uint[] _series = new uint[RowCountMax];
    private readonly long[] _timestampsNs = new long[RowCountMax];

    public void Note(ResolvedBatch batch)
    {
        for (int i = 0; i < batch.TableCount; i++)
        {
            ResolvedTable table = batch.GetTable(i);
            int rowCount = table.Rows.RowCount;
            int count = Math.Min(rowCount, RowCountMax);
            for (int sample = 0; sample < count; sample++)
            {
                // Evenly, the last row among them.
                int row = (int)(((long)(sample + 1) * rowCount / count) - 1);
                _series[sample] = table.SeriesIds[row];
                _timestampsNs[sample] = table.Rows.TimestampsNs[row];
            }

            clock.Note(_series.AsSpan(0, count), _timestampsNs.AsSpan(0, count), batch.StampedNs);
        }
    }
}
