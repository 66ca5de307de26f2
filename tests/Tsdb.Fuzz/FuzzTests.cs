using System.Diagnostics;
using System.Globalization;
using Tsdb.Fuzz.Targets;

namespace Tsdb.Fuzz;

/// <summary>
/// Every parser is fed with damaged and malicious bytes: it takes them or refuses them as documented. Usually
/// some thousand inputs each; <c>./test.sh --long fuzz</c> takes minutes of CPU time
/// (<c>TSDB_FUZZ_MINUTES</c>) and other seeds (<c>TSDB_SEED</c>).
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int SeedDefault = 20261122;

    // The minutes are of CPU time, so that a busy machine fuzzes no less; but it has to end.
    private const int ClockShareMax = 4;

    private static readonly FuzzTarget[] _targets =
    [
        new LineProtocolTarget(),
        new ArrowTarget(),
        new CodecTarget(),
        new LogTarget(),
        new ArchiveTarget(),
        new PayloadTarget(),
        new DefinitionTarget(),
        new SegmentTarget(),
        new ManifestTarget(),
        new DatabaseTarget(),
    ];

    /// <summary>All parsers, or the one that <c>TSDB_FUZZ_TARGET</c> names.</summary>
    public static TheoryData<string> Names =>
    [
        .. _targets
            .Select(static target => target.Name)
            .Where(static name => Environment.GetEnvironmentVariable("TSDB_FUZZ_TARGET") is not { } wanted
                || name == wanted),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_comes_is_taken_or_refused_as_documented(string name)
    {
        int seed = Number("TSDB_SEED") ?? SeedDefault;
        FuzzTarget target = _targets.Single(candidate => candidate.Name == name);
        FuzzRun run = new(target, seed);
        Stopwatch watch = Stopwatch.StartNew();
        TimeSpan startCpu = Environment.CpuUsage.TotalTime;
        if (Number("TSDB_FUZZ_MINUTES") is { } minutes)
        {
            TimeSpan time = TimeSpan.FromMinutes(minutes);
            run.RunWhile(_ => TakenCpu(startCpu) < time && watch.Elapsed < ClockShareMax * time);
        }
        else
        {
            run.RunWhile(inputCount => inputCount < target.InputCountDefault);
        }

        double seconds = TakenCpu(startCpu).TotalSeconds;
        output.WriteLine(FormattableString.Invariant(
            $"fuzzed {name}: {run.InputCount} inputs in {seconds:F0} CPU s, seed {seed}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Samples_and_what_was_once_found_are_taken_or_refused_as_documented(string name)
    {
        FuzzTarget target = _targets.Single(candidate => candidate.Name == name);
        FuzzRun run = new(target, SeedDefault);
        foreach (byte[] sample in target.Samples)
        {
            run.RunOne(sample, "a sample");
        }

        string corpus = Path.Combine(AppContext.BaseDirectory, "corpus", name);
        string[] found = Directory.Exists(corpus) ? Directory.GetFiles(corpus) : [];
        foreach (string path in found.Order(StringComparer.Ordinal))
        {
            run.RunOne(File.ReadAllBytes(path), path);
        }

        Assert.InRange(run.InputCount, target.Samples.Count, long.MaxValue);
    }

    private static TimeSpan TakenCpu(TimeSpan start) => Environment.CpuUsage.TotalTime - start;

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
