using Tsdb.Core;
using Tsdb.Query.Operators.Aggregates;
using Tsdb.Query.Planning;
using Tsdb.Query.Scan;
using Tsdb.Storage;

namespace Tsdb.Query.Operators;

/// <summary>
/// Groups a scan. Workers take series from a shared counter, each into states of its own, which are merged at
/// the end. Gives the keys, then the aggregates, in no promised order.
/// </summary>
internal sealed class AggregateSource : RowSource
{
    private readonly ScanPlan _scan;
    private readonly GroupPlan _plan;
    private readonly StorageSnapshot _snapshot;
    private readonly QueryContext _context;
    private readonly TagColumns _tags;
    private readonly RowBlock _block;
    private Aggregator? _total;
    private int _nextGroup;
    private int _nextSeries;

    public AggregateSource(ScanPlan scan, GroupPlan plan, StorageSnapshot snapshot, QueryContext context)
    {
        _scan = scan;
        _plan = plan;
        _snapshot = snapshot;
        _context = context;
        _tags = new TagColumns(snapshot.FindTags(scan.Table), scan.Slots, context);
        _block = RowBlock.Create(
            [.. plan.Keys.Select(key => key.Type), .. plan.Aggregates.Select(item => item.Type)]);
    }

    public override RowBlock Current => _block;

    public override bool MoveNext()
    {
        Aggregator total = _total ??= Run();
        int count = Math.Min(QueryResult.BatchRowCountMax, total.Groups.Count - _nextGroup);
        if (count <= 0)
        {
            return false;
        }

        for (int i = 0; i < _plan.Keys.Count; i++)
        {
            WriteKey(total, i, count);
        }

        for (int i = 0; i < _plan.Aggregates.Count; i++)
        {
            ColumnVector target = Begin(_plan.Keys.Count + i, count, total.Accumulators[i].Texts);
            for (int row = 0; row < count; row++)
            {
                total.Accumulators[i].Write(_nextGroup + row, target, row);
            }
        }

        _nextGroup += count;
        _block.RowCount = count;
        return true;
    }

    public override void Dispose() => _total?.Dispose();

    private ColumnVector Begin(int column, int count, IReadOnlyList<string> texts)
    {
        ColumnVector target = _block.Columns[column];
        target.EnsureCapacity(count);
        target.ClearNulls();
        target.Texts = texts;
        return target;
    }

    private void WriteKey(Aggregator total, int key, int count)
    {
        ColumnVector target = Begin(key, count, total.GetKeyTexts(key));
        for (int row = 0; row < count; row++)
        {
            target.Words[row] = total.Groups.GetKey(_nextGroup + row)[key];
            if ((total.Groups.GetNulls(_nextGroup + row) >> key & 1) != 0)
            {
                target.SetNull(row);
            }
        }
    }

    private Aggregator Run()
    {
        int[] series = SeriesSelection.Choose(_scan, _tags, _snapshot, _context);
        int workerCount = CanShare() ? Math.Max(1, Math.Min(_context.WorkerCount, series.Length / 4)) : 1;
        Aggregator[] workers = new Aggregator[workerCount];
        for (int i = 0; i < workerCount; i++)
        {
            workers[i] = new Aggregator(_scan, _plan, _tags, _snapshot, _context);
        }

        try
        {
            RunAll(workers, series);
            for (int i = 1; i < workerCount; i++)
            {
                workers[0].Merge(workers[i]);
            }

            if (_plan.Keys.Count == 0)
            {
                workers[0].AddEmptyGroup();
            }
        }
        finally
        {
            Array.ForEach(workers, worker => worker.Dispose());
        }

        return workers[0];
    }

    private void RunAll(Aggregator[] workers, int[] series)
    {
        Task[] helpers = new Task[workers.Length - 1];
        for (int i = 0; i < helpers.Length; i++)
        {
            Aggregator worker = workers[i + 1];
            helpers[i] = Task.Run(() => RunOne(worker, series));
        }

        try
        {
            RunOne(workers[0], series);
        }
        finally
        {
            // After a failure the others stop at their next series; they must be done before the snapshot
            // goes.
            Task.WhenAll(helpers).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        }

        foreach (Task helper in helpers)
        {
            helper.GetAwaiter().GetResult();
        }
    }

    private void RunOne(Aggregator worker, int[] series)
    {
        bool isDone = false;
        try
        {
            int next;
            while ((next = Interlocked.Increment(ref _nextSeries) - 1) < series.Length)
            {
                worker.AddSeries(series[next]);
            }

            isDone = true;
        }
        finally
        {
            if (!isDone)
            {
                Interlocked.Exchange(ref _nextSeries, series.Length);
            }
        }
    }

    // Keys and texts must mean the same to every worker: tags and buckets do, texts of fields are numbered
    // apart.
    private bool CanShare()
    {
        bool canShare = KeyReader.ArePlain(_plan.Keys, _scan.Slots);
        foreach (Aggregate aggregate in _plan.Aggregates)
        {
            canShare &= aggregate.Argument?.Type != ResultType.String;
        }

        return canShare;
    }
}
