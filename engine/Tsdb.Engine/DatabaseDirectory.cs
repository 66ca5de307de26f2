namespace Tsdb.Engine;

/// <summary>The directories in a data directory.</summary>
public static class DatabaseDirectory
{
    /// <summary>Whether a directory in a data directory is a database's, not one of snapshots or of the file
    /// system.</summary>
    /// <param name="path">The directory.</param>
    public static bool IsDatabase(string path) => DatabaseName.IsValid(Path.GetFileName(path));
}
