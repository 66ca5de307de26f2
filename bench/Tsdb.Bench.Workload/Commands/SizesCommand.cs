using Tsdb.Bench.Workload.Generation;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>Prints how large the workloads are as line protocol.</summary>
internal static class SizesCommand
{
    public static int Run(Arguments arguments)
    {
        WorkloadOptions options = new(arguments);
        string[] workloads = arguments.List("workload", "A,B,BL");
        arguments.RefuseUnknown();
        foreach (string workload in workloads)
        {
            LineBatches lines = options.CreateLines(workload);
            Console.WriteLine(
                $"{workload,-2}  {lines.RowCount:N0} rows  {lines.PointCount:N0} points"
                + $"  {lines.SizeBytes:N0} bytes"
                + $"  {(double)lines.SizeBytes / lines.RowCount:F1} B/row  {lines.Batches.Count} batches");
        }

        return 0;
    }
}
