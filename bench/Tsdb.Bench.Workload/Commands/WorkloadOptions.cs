using Tsdb.Bench.Workload.Generation;
using Tsdb.Bench.Workload.Targets;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>What the commands share: scale, programs, places.</summary>
internal sealed class WorkloadOptions
{
    /// <summary>Our server, fed with columns over gRPC by our client.</summary>
    public const string ColumnTarget = "tsdb-grpc";

    // Each series is met once as a new one, and then as one known.
    private const int StepsOfManySeries = 3;

    public WorkloadOptions(Arguments arguments)
    {
        int seriesCount = arguments.Number("series", 0);
        HostCount = seriesCount > 0 ? seriesCount : arguments.Number("hosts", 4000);
        StepCount = arguments.Number("steps", seriesCount > 0 ? StepsOfManySeries : 648);
        SensorCount = arguments.Number("sensors", 1000);
        SecondCount = arguments.Number("seconds", 10_000);
        ColumnRows = arguments.Number("column-batch", 20_000);
        BatchRows = arguments.Number("batch", 0);
        TouchedMebibytes = arguments.Number("touch", 2048);
        Root = FindRoot();
        TsdbProgram = arguments.Text("tsdb", Path.Combine(Root, "tsdb"));
        VictoriaProgram = arguments.Text("victoria", "victoria-metrics");
    }

    public int HostCount { get; }

    public int StepCount { get; }

    public int SensorCount { get; }

    public int SecondCount { get; }

    /// <summary>Rows to a batch of columns.</summary>
    public int ColumnRows { get; }

    public int BatchRows { get; }

    /// <summary>Memory written to before each load, MiB.</summary>
    public int TouchedMebibytes { get; }

    public string Root { get; }

    public string TsdbProgram { get; }

    public string VictoriaProgram { get; }

    public CpuHosts CreateHosts() => new(HostCount, StepCount);

    public MixedSensors CreateSensors(int latePercent) => new(SensorCount, SecondCount, latePercent);

    public LineBatches CreateLines(string workload) => workload switch
    {
        "A" => LineBatches.Of(CreateHosts(), BatchRows > 0 ? BatchRows : 5000),
        "B" => LineBatches.Of(CreateSensors(latePercent: 0), BatchRows > 0 ? BatchRows : 10_000),
        "BL" => LineBatches.Of(CreateSensors(latePercent: 10), BatchRows > 0 ? BatchRows : 10_000),
        _ => throw new ArgumentException($"unknown workload '{workload}'; there are A, B and BL"),
    };

    public ColumnBatches CreateColumns(string workload) => workload == "A"
        ? ColumnBatches.Of(CreateHosts(), ColumnRows)
        : throw new ArgumentException($"{ColumnTarget} takes workload A only");

    public ITarget Start(string target) => target switch
    {
        "tsdb" or ColumnTarget => new TsdbTarget(TsdbProgram),
        "victoria" => new VictoriaTarget(VictoriaProgram),
        _ => throw new ArgumentException(
            $"unknown target '{target}'; there are tsdb, tsdb-grpc and victoria"),
    };

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tsdb.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? Environment.CurrentDirectory;
    }
}
