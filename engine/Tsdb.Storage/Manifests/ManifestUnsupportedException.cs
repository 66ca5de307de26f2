namespace Tsdb.Storage.Manifests;

/// <summary>A newer version wrote the manifest, or it uses a feature that this one does not know.</summary>
/// <param name="path">The file.</param>
/// <param name="reason">The version, feature bits or kind of edit.</param>
internal sealed class ManifestUnsupportedException(string path, string reason)
    : IOException($"{path} cannot be read by this version: {reason}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;
}
