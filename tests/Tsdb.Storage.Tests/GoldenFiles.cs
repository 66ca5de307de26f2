using Tsdb.Faults;

namespace Tsdb.Storage.Tests;

/// <summary>Files of released formats, kept in tests/golden: written once, readable for ever.</summary>
internal static class GoldenFiles
{
    /// <summary>A device with the files of a golden directory.</summary>
    public static SimulatedStorageDevice Load(string name)
    {
        string root = FindRoot(name);
        var device = new SimulatedStorageDevice();
        foreach (string path in Directory.GetFiles(root, "*", SearchOption.AllDirectories).Order())
        {
            device.PutFile(Path.GetRelativePath(root, path).Replace('\\', '/'), File.ReadAllBytes(path));
        }

        return device;
    }

    /// <summary>Writes them, for a new format version only: set TSDB_WRITE_GOLDEN=1.</summary>
    public static void WriteIfAsked(string name, SimulatedStorageDevice device)
    {
        if (Environment.GetEnvironmentVariable("TSDB_WRITE_GOLDEN") != "1")
        {
            return;
        }

        foreach (string path in device.ListFiles())
        {
            string target = Path.Combine(FindRoot(name), path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, device.ReadFile(path));
        }
    }

    /// <summary>The directory of a format's golden files, found from where the tests run.</summary>
    public static string FindRoot(string name)
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Tsdb.sln")))
        {
            directory = directory.Parent;
        }

        Assert.NotNull(directory);
        return Path.Combine(directory.FullName, "tests", "golden", name);
    }
}
