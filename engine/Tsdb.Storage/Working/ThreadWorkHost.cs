using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Working;

/// <summary>A thread for each worker.</summary>
internal sealed class ThreadWorkHost : IWorkHost
{
    /// <summary>The only one: it has no state.</summary>
    public static ThreadWorkHost Instance { get; } = new();

    /// <summary>Elsewhere: a worker must not run a sender's code.</summary>
    public TaskCreationOptions CompletionOptions => TaskCreationOptions.RunContinuationsAsynchronously;

    public bool IsParallel => true;

    public IWorker Start(IWork work)
    {
        Thread thread = new(() => Run(work)) { IsBackground = true, Name = work.Name };
        thread.Start();
        return new ThreadWorker(thread);
    }

    public Task Begin(Action work) => Task.Run(work);

    public void Wait(object gate, Func<bool> isOver)
    {
        lock (gate)
        {
            while (!isOver())
            {
                Monitor.Wait(gate);
            }
        }
    }

    public Task WhenDone(Task task) => task;

    public void Yield()
    {
        // The system's scheduler does that.
    }

    private static void Run(IWork work)
    {
        if (work.IsBehindOthers)
        {
            SystemCalls.LowerThreadPriority();
        }

        WorkState state;
        while ((state = work.RunOnce()) != WorkState.Done)
        {
            if (state == WorkState.Idle)
            {
                work.WaitForWork();
            }
        }
    }

    private sealed class ThreadWorker(Thread thread) : IWorker
    {
        public void Join() => thread.Join();
    }
}
