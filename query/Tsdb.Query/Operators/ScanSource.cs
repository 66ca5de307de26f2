using Tsdb.Query.Planning;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Operators;

/// <summary>The rows of a scan, series after series: blocks of one chunk each. No order across
/// series.</summary>
internal sealed class ScanSource : RowSource
{
    private readonly ScanPlan _plan;
    private readonly StorageSnapshot _snapshot;
    private readonly int[] _usedSlots;
    private readonly TagColumns _tags;
    private readonly QueryContext _context;
    private readonly ChunkScanner _scanner;
    private readonly RowBlock _block;
    private int[]? _series;
    private int _nextSeries;
    private long _seriesRowCount;
    private bool _isOpen;

    /// <param name="plan">What to read.</param>
    /// <param name="usedSlots">The slots that the next operator reads.</param>
    /// <param name="snapshot">Of the storage.</param>
    /// <param name="context">The query's.</param>
    public ScanSource(
        ScanPlan plan, IEnumerable<int> usedSlots, StorageSnapshot snapshot, QueryContext context)
    {
        _plan = plan;
        _snapshot = snapshot;
        _usedSlots = [.. usedSlots];
        _context = context;
        _tags = new TagColumns(snapshot.FindTags(plan.Table), plan.Slots, context);
        _scanner = new ChunkScanner(plan, _tags, snapshot, context);
        _block = new RowBlock(_scanner.Vectors);
    }

    public override RowBlock Current => _block;

    public override bool MoveNext()
    {
        _series ??= SeriesSelection.Choose(_plan, _tags, _snapshot, _context);
        while (true)
        {
            if (_isOpen && _seriesRowCount < _plan.RowsPerSeriesMax && _scanner.MoveNext())
            {
                foreach (int slot in _usedSlots)
                {
                    _scanner.Load(slot);
                }

                _seriesRowCount += _scanner.RowCount;
                _block.RowCount = _scanner.RowCount;
                return true;
            }

            if (_nextSeries == _series.Length)
            {
                _scanner.Publish();
                return false;
            }

            _scanner.Open(_series[_nextSeries++]);
            _seriesRowCount = 0;
            _isOpen = true;
        }
    }

    public override void Dispose() => _scanner.Dispose();
}
