namespace Tsdb.Storage.Segments;

/// <summary>
/// A segment is whole but written in a form this program does not read. The file is left as it is.
/// </summary>
/// <param name="path">The file, relative to the device's root.</param>
/// <param name="reason">What is not understood: a version or feature bits.</param>
public sealed class SegmentFormatException(string path, string reason)
    : IOException($"{path}: {reason}; a newer version of this program may read it")
{
    /// <summary>The file, relative to the device's root.</summary>
    public string Path { get; } = path;
}
