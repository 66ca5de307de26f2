using System.Globalization;

namespace Tsdb.Bench.Workload.Commands;

/// <summary>One point of the curve of late rows: how many, how late, and what that cost.</summary>
/// <param name="LatePercent">Share of rows that are late.</param>
/// <param name="Lateness">The longest they are late; any time up to it is as likely.</param>
/// <param name="PointCount">Rows, of one value each.</param>
/// <param name="AcknowledgedSeconds">From the first byte to the last reply.</param>
/// <param name="CpuSeconds">Of the server, until everything is flushed and merged.</param>
/// <param name="Amplification">Bytes written to the device over bytes stored at the end, log files made ready
/// apart.</param>
/// <param name="WithSpares">The same with them.</param>
/// <param name="PerBareByte">Bytes written to the device for each of the sixteen of a row's time and
/// value.</param>
/// <param name="SegmentCount">Segments at the end.</param>
/// <param name="ScanMs">A query over all rows at the end, the median of several.</param>
/// <param name="BytesPerPoint">Stored at the end.</param>
internal sealed record LateCell(
    int LatePercent,
    string Lateness,
    long PointCount,
    double AcknowledgedSeconds,
    double CpuSeconds,
    double Amplification,
    double WithSpares,
    double PerBareByte,
    double SegmentCount,
    double ScanMs,
    double BytesPerPoint)
{
    public const string Head = "late\tlateness\tpoints\tacknowledged_s\tcpu_s\tamplification"
        + "\twith_spares\tper_bare_byte\tsegments\tscan_ms\tbytes_per_point";

    public double PointsPerCpuSecond => PointCount / CpuSeconds;

    public double PointsPerSecond => PointCount / AcknowledgedSeconds;

    /// <summary>A line of the file that keeps the cells.</summary>
    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{LatePercent}\t{Lateness}\t{PointCount}\t{AcknowledgedSeconds:F3}\t{CpuSeconds:F2}")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"\t{Amplification:F3}\t{WithSpares:F3}\t{PerBareByte:F3}")
        + string.Create(
            CultureInfo.InvariantCulture, $"\t{SegmentCount:F0}\t{ScanMs:F2}\t{BytesPerPoint:F3}");

    public static LateCell Parse(string line)
    {
        string[] words = line.Split('\t');
        double Number(int index) => double.Parse(words[index], CultureInfo.InvariantCulture);
        return new LateCell(
            (int)Number(0),
            words[1],
            (long)Number(2),
            Number(3),
            Number(4),
            Number(5),
            Number(6),
            Number(7),
            Number(8),
            Number(9),
            Number(10));
    }
}
