using System.Globalization;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>What a process has used, from /proc (Linux only).</summary>
internal sealed class ProcessMeter(int processId)
{
    private const double TicksPerSecond = 100; // USER_HZ, fixed on Linux
    private const int UserField = 11; // of the fields after the parenthesised name
    private const int SystemField = 12;

    /// <summary>User and system time of the process, all its threads.</summary>
    public double CpuSeconds()
    {
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Parse(fields[UserField]) + Parse(fields[SystemField])) / TicksPerSecond;
    }

    /// <summary>Bytes that the process has sent towards its device.</summary>
    public long WrittenBytes()
    {
        const string Label = "write_bytes:";
        string line = File.ReadLines($"/proc/{processId}/io")
            .First(static line => line.StartsWith(Label, StringComparison.Ordinal));
        return Parse(line[Label.Length..].Trim());
    }

    /// <summary>Resident size now.</summary>
    public long RssBytes() => StatusBytes("VmRSS:");

    /// <summary>Largest resident size since the last <see cref="ResetPeak"/>.</summary>
    public long PeakRssBytes() => StatusBytes("VmHWM:");

    public void ResetPeak() => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    /// <summary>CPU time of the whole machine since boot: shows how much somebody else was running.</summary>
    public static double MachineBusySeconds()
    {
        string[] fields =
            File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long user = Parse(fields[1]) + Parse(fields[2]);
        long system = Parse(fields[3]) + Parse(fields[6]) + Parse(fields[7]);
        return (user + system) / TicksPerSecond;
    }

    /// <summary>Bytes of the files below a folder, as their lengths say.</summary>
    public static long FolderBytes(string folder, Func<FileInfo, bool> isCounted) => new DirectoryInfo(folder)
        .EnumerateFiles("*", SearchOption.AllDirectories).Where(isCounted).Sum(file => file.Length);

    private long StatusBytes(string label)
    {
        string line = File.ReadLines($"/proc/{processId}/status")
            .First(line => line.StartsWith(label, StringComparison.Ordinal));
        return Parse(line[label.Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) * 1024;
    }

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
