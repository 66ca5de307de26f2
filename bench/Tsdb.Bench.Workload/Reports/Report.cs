using System.Text;

namespace Tsdb.Bench.Workload.Reports;

/// <summary>A page that says what was measured, how, when and on what; printed, and kept when it has a
/// name.</summary>
internal sealed class Report(string title, string commandLine)
{
    private readonly StringBuilder _body = new();

    public void Add(string paragraph) => _body.Append(paragraph.TrimEnd('\n')).Append("\n\n");

    public void Add(MarkdownTable table) => Add(table.ToString());

    /// <summary>Prints the page; with a name, writes it to bench/results as well.</summary>
    public void Publish(string root, string name, TimeProvider clock)
    {
        Console.WriteLine();
        Console.Write(_body);
        if (name.Length == 0)
        {
            return;
        }

        string folder = Path.Combine(root, "bench", "results");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name + ".md");
        File.WriteAllText(path, Head(clock) + _body.ToString().TrimEnd('\n') + "\n");
        Console.WriteLine($"written: bench/results/{name}.md");
    }

    private string Head(TimeProvider clock) => $"""
        # {title}

        Command: `dotnet run -c Release --project bench/Tsdb.Bench.Workload -- {commandLine}`
        Date: {clock.GetUtcNow():yyyy-MM-dd HH:mm} UTC
        Machine: {Environment.ProcessorCount} cores, {ProcessorModel()}, {MemoryGiB():F0} GiB


        """;

    private static string ProcessorModel() => File.ReadLines("/proc/cpuinfo")
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..])
        .FirstOrDefault("unknown processor");

    private static double MemoryGiB() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
}
