using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tsdb.Bench.Workload.Generation;

/// <summary>A workload as line protocol, cut into batches of whole lines and kept in memory.</summary>
internal sealed class LineBatches
{
    private const int LineBytesMax = 1024;

    private readonly List<byte[]> _batches = [];
    private readonly int _rowsPerBatch;
    private byte[] _buffer = new byte[1 << 20];
    private int _lengthBytes;
    private int _rowStart;
    private int _rowsInBatch;

    private LineBatches(string name, int pointsPerRow, int rowsPerBatch)
    {
        Name = name;
        PointsPerRow = pointsPerRow;
        _rowsPerBatch = rowsPerBatch;
    }

    public string Name { get; }

    public int PointsPerRow { get; }

    public int SeriesCount { get; private init; }

    public IReadOnlyList<byte[]> Batches => _batches;

    public long RowCount { get; private set; }

    public long PointCount => RowCount * PointsPerRow;

    public long SizeBytes { get; private set; }

    /// <summary>Workload A.</summary>
    /// <param name="hosts">Fresh: rows are drawn once.</param>
    /// <param name="rowsPerBatch">Rows to a batch; the last may have fewer.</param>
    /// <param name="latePercent">Share of rows that come up to an hour of event time after their
    /// turn.</param>
    public static LineBatches Of(CpuHosts hosts, int rowsPerBatch, int latePercent = 0)
    {
        LineBatches lines = new("A", CpuHosts.Fields.Length, rowsPerBatch) { SeriesCount = hosts.HostCount };
        LateLines late = new(latePercent, hosts.StepCount);
        byte[][] keys = hosts.Tags.Select(tags => KeyOf("cpu", CpuHosts.TagKeys, tags)).ToArray();
        byte[][] fields = CpuHosts.Fields.Select(
            (field, index) => Encoding.UTF8.GetBytes(index == 0 ? $" {field}=" : $"i,{field}=")).ToArray();
        hosts.Generate((host, timestampNs, values) =>
        {
            lines.Append(keys[host]);
            for (int i = 0; i < values.Length; i++)
            {
                lines.Append(fields[i]);
                lines.Append(values[i]);
            }

            lines.Append("i "u8);
            lines.Append(timestampNs);
            lines.EndRow(late);
            if (host == hosts.HostCount - 1)
            {
                late.Step(lines.AppendRow);
            }
        });
        lines.EndBatch();
        return lines;
    }

    /// <summary>Workload B or BL, as the sensors are.</summary>
    public static LineBatches Of(MixedSensors sensors, int rowsPerBatch) =>
        Of(sensors.LatePercent > 0 ? "BL" : "B", sensors.Tags, sensors.Generate, rowsPerBatch);

    /// <summary>A cell of the curve of late rows.</summary>
    public static LineBatches Of(LateSensors sensors, int rowsPerBatch) =>
        Of("late", sensors.Tags, sensors.Generate, rowsPerBatch);

    private static LineBatches Of(
        string name, string[][] tagValues, Action<SensorRow> generate, int rowsPerBatch)
    {
        LineBatches lines = new(name, 1, rowsPerBatch) { SeriesCount = tagValues.Length };
        byte[][] keys = tagValues.Select(tags => KeyOf("sensors", MixedSensors.TagKeys, tags)).ToArray();
        generate((sensor, timestampMs, value) =>
        {
            lines.Append(keys[sensor]);
            lines.Append(" value="u8);
            lines.Append(value);
            lines.Append(" "u8);
            lines.Append(timestampMs * 1_000_000);
            lines.EndRow();
        });
        lines.EndBatch();
        return lines;
    }

    private static byte[] KeyOf(string table, string[] keys, string[] values) =>
        Encoding.UTF8.GetBytes(table + string.Concat(keys.Select((key, i) => $",{key}={values[i]}")));

    private void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_buffer.AsSpan(_lengthBytes));
        _lengthBytes += text.Length;
    }

    private void Append(long value)
    {
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_lengthBytes), out int written);
        _lengthBytes += written;
    }

    private void Append(double value)
    {
        value.TryFormat(_buffer.AsSpan(_lengthBytes), out int written, "R", CultureInfo.InvariantCulture);
        _lengthBytes += written;
    }

    private void AppendRow(byte[] line)
    {
        Append(line.AsSpan(0, line.Length - 1));
        EndRow();
    }

    private void EndRow(LateLines? late = null)
    {
        _buffer[_lengthBytes++] = (byte)'\n';
        if (late is not null && late.TryDefer(_buffer.AsSpan(_rowStart, _lengthBytes - _rowStart)))
        {
            _lengthBytes = _rowStart;
            return;
        }

        _rowStart = _lengthBytes;
        RowCount++;
        if (_buffer.Length - _lengthBytes < LineBytesMax)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        if (++_rowsInBatch == _rowsPerBatch)
        {
            EndBatch();
        }
    }

    private void EndBatch()
    {
        if (_rowsInBatch > 0)
        {
            _batches.Add(_buffer.AsSpan(0, _lengthBytes).ToArray());
            SizeBytes += _lengthBytes;
            _lengthBytes = 0;
            _rowStart = 0;
            _rowsInBatch = 0;
        }
    }
}
