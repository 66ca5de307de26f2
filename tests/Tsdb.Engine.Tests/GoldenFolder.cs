using Tsdb.Faults;

namespace Tsdb.Engine.Tests;

/// <summary>Whole databases of released formats, in tests/golden/database: written once, readable for
/// ever.</summary>
internal static class GoldenFolder
{
    /// <summary>Whether they are to be written: for a new format only, to a folder of its own.</summary>
    public static bool IsAskedFor => Environment.GetEnvironmentVariable("TSDB_WRITE_GOLDEN") == "1";

    public static SimulatedStorageDevice Load(string name)
    {
        SimulatedStorageDevice device = new();
        string root = FindRoot(name);
        foreach (string path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            device.PutFile(Path.GetRelativePath(root, path).Replace('\\', '/'), File.ReadAllBytes(path));
        }

        return device;
    }

    public static void Write(string name, SimulatedStorageDevice device)
    {
        foreach (string path in device.ListFiles())
        {
            string target = Path.Combine(FindRoot(name), path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, device.ReadFile(path));
        }
    }

    private static string FindRoot(string name)
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Tsdb.sln")))
        {
            directory = directory.Parent;
        }

        Assert.NotNull(directory);
        return Path.Combine(directory.FullName, "tests", "golden", "database", name);
    }
}
