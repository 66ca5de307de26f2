namespace Tsdb.Storage.Working;

/// <summary>
/// Runs the workers of a database and is asked wherever one waits for another: with a thread for each, or,
/// for tests that must come out the same each time, step by step on one.
/// </summary>
internal interface IWorkHost
{
    /// <summary>Where the code runs that waits for a batch.</summary>
    TaskCreationOptions CompletionOptions { get; }

    /// <summary>Whether workers go on at the same time: one may block until another goes on.</summary>
    bool IsParallel { get; }

    /// <summary>Starts a worker.</summary>
    IWorker Start(IWork work);

    /// <summary>Does one thing in the background.</summary>
    Task Begin(Action work);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="gate">A monitor: the condition is asked within it, and it is pulsed when that may have
    /// changed. Not held by the caller.</param>
    /// <param name="isOver">The condition.</param>
    void Wait(object gate, Func<bool> isOver);

    /// <summary>What to await for a task that workers complete.</summary>
    Task WhenDone(Task task);

    /// <summary>A place in a long step where others may go on.</summary>
    void Yield();
}
