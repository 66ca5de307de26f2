namespace Tsdb.Storage.Working;

/// <summary>A worker that was started.</summary>
internal interface IWorker
{
    /// <summary>Waits until its work is done: until a step has said so.</summary>
    void Join();
}
