namespace Tsdb.Storage.Segments.Merging;

/// <summary>
/// A stretch of one series between two instants: either one unit that nothing reaches into, or rows of
/// several units to be merged. Pieces of one plan ascend and never overlap.
/// </summary>
/// <param name="FromNs">Its earliest row.</param>
/// <param name="LastNs">Its latest row.</param>
/// <param name="FirstTouched">Where the units that have rows in it stand in <see
/// cref="MergePlan.Touched"/>.</param>
/// <param name="TouchedCount">How many they are.</param>
/// <param name="IsWhole">Whether it is all of one unit and nothing else.</param>
internal readonly record struct MergePiece(
    long FromNs, long LastNs, int FirstTouched, int TouchedCount, bool IsWhole);
