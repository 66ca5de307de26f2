namespace Tsdb.Core.Commands;

/// <summary>What became of a command.</summary>
/// <param name="Status">Done, or why not.</param>
/// <param name="SeriesCount">Series that it was about: those matched by a delete, those of a dropped
/// table.</param>
public sealed record CommandOutcome(CommandStatus Status, long SeriesCount = 0)
{
    /// <summary>What it answers with; null where there is nothing but its status.</summary>
    public CommandRows? Rows { get; init; }

    /// <summary>Why it was refused, where <see cref="CommandStatus.Refused"/> alone does not say.</summary>
    public string? Refusal { get; init; }
}
