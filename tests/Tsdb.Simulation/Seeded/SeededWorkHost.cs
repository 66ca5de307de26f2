using Tsdb.Core;
using Tsdb.Faults;
using Tsdb.Storage.Working;

namespace Tsdb.Simulation.Seeded;

/// <summary>
/// Runs all workers of a database on the one thread that waits for them: which takes its next step is drawn
/// from the seed, and time passes only when none has anything to do. A worker that waits within its step has
/// others run meanwhile, as threads would.
/// </summary>
internal sealed class SeededWorkHost(Random random, ManualClock clock) : IWorkHost
{
    private const int IdleCountMax = 10_000;
    private const int StepCountMax = 200_000;
    private const int YieldedDepthMax = 3;

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(50);

    private readonly List<Worker> _workers = [];
    private int _depth;

    /// <summary>What clients do while workers are at work; it may be in the middle of a worker's
    /// step.</summary>
    public Action? Meanwhile { get; set; }

    /// <summary>Steps taken so far.</summary>
    public long StepCount { get; private set; }

    /// <summary>At once: there is one thread, and what waits for a batch is a test's bookkeeping.</summary>
    public TaskCreationOptions CompletionOptions => TaskCreationOptions.None;

    public bool IsParallel => false;

    public IWorker Start(IWork work)
    {
        Worker worker = new(this, work);
        _workers.Add(worker);
        return worker;
    }

    public Task Begin(Action work)
    {
        Task task = new(work);
        _workers.Add(new Worker(this, new SingleAct(task)));
        return task;
    }

    public void Wait(object gate, Func<bool> isOver) => RunUntil(isOver);

    public Task WhenDone(Task task)
    {
        RunUntil(() => task.IsCompleted);
        return task;
    }

    public void Yield()
    {
        while (_depth < YieldedDepthMax && random.Next(3) == 0)
        {
            RunSome();
        }
    }

    /// <summary>Lets workers take some steps, or none.</summary>
    public void RunSome()
    {
        if (random.Next(4) == 0)
        {
            Meanwhile?.Invoke();
        }

        TryStep();
    }

    /// <summary>Lets workers take steps until none has anything to do at this time.</summary>
    public void RunAll()
    {
        while (TryStep())
        {
            // The next one.
        }
    }

    private void RunUntil(Func<bool> isOver)
    {
        int idleCount = 0;
        while (!isOver())
        {
            if (random.Next(8) == 0)
            {
                Meanwhile?.Invoke();
            }

            if (TryStep())
            {
                idleCount = 0;
                continue;
            }

            Invariant.Holds(++idleCount < IdleCountMax, "nobody can go on");
            clock.Advance(_tick);
        }
    }

    /// <summary>Has one worker take a step, the first of a random order that has something to do.</summary>
    private bool TryStep()
    {
        int first = _workers.Count == 0 ? 0 : random.Next(_workers.Count);
        for (int i = 0; i < _workers.Count; i++)
        {
            Worker worker = _workers[(first + i) % _workers.Count];
            if (!worker.IsRunning && Run(worker))
            {
                return true;
            }
        }

        return false;
    }

    private bool Run(Worker worker)
    {
        worker.IsRunning = true;
        _depth++;
        WorkState state = worker.Work.RunOnce();
        _depth--;
        worker.IsRunning = false;
        Invariant.Holds(++StepCount < StepCountMax, "workers go on for ever");
        if (state == WorkState.Done)
        {
            worker.IsDone = true;
            _workers.Remove(worker);
        }

        return state != WorkState.Idle;
    }

    private sealed class Worker(SeededWorkHost host, IWork work) : IWorker
    {
        public IWork Work { get; } = work;

        public bool IsRunning { get; set; }

        public bool IsDone { get; set; }

        public void Join() => host.RunUntil(() => IsDone);
    }

    private sealed class SingleAct(Task task) : IWork
    {
        public string Name => "once";

        public bool IsBehindOthers => false;

        public WorkState RunOnce()
        {
            task.RunSynchronously(TaskScheduler.Default);
            return WorkState.Done;
        }

        public void WaitForWork() => throw new NotSupportedException("steps are taken, not waited for");
    }
}
