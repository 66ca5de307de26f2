namespace Tsdb.EndToEnd.Processes;

/// <summary>Where the programs and scripts that the tests run stand in the tree.</summary>
internal static class RepositoryFiles
{
    /// <summary>Debian's, which sees Debian's grpcio whatever other Python comes first on PATH.</summary>
    public const string Python = "/usr/bin/python3";

    public static string Root { get; } = FindRoot();

    public static string Launcher => Path.Combine(Root, "tsdb");

    public static string ProtoFolder => Path.Combine(Root, "proto");

    public static string NodeScript(string name) =>
        Path.Combine(Root, "tests", "Tsdb.EndToEnd", "node", $"{name}.mjs");

    public static string PythonScript(string name) =>
        Path.Combine(Root, "tests", "Tsdb.EndToEnd", "python", $"{name}.py");

    public static string Program(string project) =>
        Path.Combine(Root, "artifacts", "bin", project, "release", project);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tsdb.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("No Tsdb.sln above the tests.");
    }
}
