using Tsdb.Core.Commands;

namespace Tsdb.Core;

/// <summary>The door by which statements that write reach a database: SQL knows it, the engine implements
/// it.</summary>
public interface ICommandTarget
{
    /// <summary>Runs a command; when the task completes with success, its effect survives a power
    /// cut.</summary>
    /// <param name="command">What to do. Names and ids in it were looked up before: what has gone meanwhile
    /// is refused in the outcome.</param>
    /// <param name="cancellationToken">Gives up waiting to be queued; what is queued is carried out.</param>
    /// <exception cref="IOException">The device failed.</exception>
    Task<CommandOutcome> ExecuteAsync(Command command, CancellationToken cancellationToken);
}
