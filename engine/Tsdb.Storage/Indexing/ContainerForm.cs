namespace Tsdb.Storage.Indexing;

/// <summary>How a <see cref="Container"/> keeps its numbers.</summary>
internal enum ContainerForm
{
    /// <summary>Each number, ascending.</summary>
    Array,

    /// <summary>A bit for each number there could be.</summary>
    Bitmap,

    /// <summary>First and last of each run, ascending.</summary>
    Runs,
}
