namespace Tsdb.Storage.Working;

/// <summary>What one worker does, cut into steps.</summary>
internal interface IWork
{
    /// <summary>Names the worker's thread.</summary>
    string Name { get; }

    /// <summary>Whether everything else goes first.</summary>
    bool IsBehindOthers { get; }

    /// <summary>Does one piece, if there is one. Where it must wait for another worker it does so through
    /// its <see cref="IWorkHost"/>.</summary>
    WorkState RunOnce();

    /// <summary>Blocks until a step may find something to do.</summary>
    void WaitForWork();
}
