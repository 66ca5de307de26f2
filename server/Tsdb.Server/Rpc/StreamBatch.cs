using Tsdb.Engine;

namespace Tsdb.Server.Rpc;

/// <summary>A numbered batch on its way to the log.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="SizeBytes">Bytes received.</param>
internal sealed record StreamBatch(ulong Sequence, long SizeBytes)
{
    /// <summary>The writes that it was cut into.</summary>
    public List<Task<WriteOutcome>> Parts { get; } = [];

    /// <summary>Whether nothing is left to wait for.</summary>
    public bool IsComplete => Parts.TrueForAll(static part => part.IsCompleted);
}
