using System.Buffers.Text;
using System.Globalization;
using Tsdb.Bench.Workload.Generation;

namespace Tsdb.Bench.Workload.Soaking;

/// <summary>
/// Workload A without an end: the same ten minutes of values again and again, each time under later
/// timestamps. A batch is one step of all hosts. Every sixteenth step comes an hour of event time late.
/// </summary>
internal sealed class SoakSource
{
    /// <summary>Steps between the turn of a late step and its arrival.</summary>
    public const int LateStepCount = 360;

    private const int StepsPerRound = 60;
    private const int LateEvery = 16;
    private const int LateTurn = 7;
    private const int TimestampDigits = 19;

    private readonly IReadOnlyList<byte[]> _batches;
    private readonly int[][] _timestampOffsets;
    private long _nextStep = -1;

    public SoakSource(int hostCount)
    {
        HostCount = hostCount;
        _batches = LineBatches.Of(new CpuHosts(hostCount, StepsPerRound), hostCount).Batches;
        _timestampOffsets = [.. _batches.Select(FindTimestamps)];
    }

    public int HostCount { get; }

    /// <summary>Steps taken so far; all before them by <see cref="LateStepCount"/> and more were taken
    /// too.</summary>
    public long StepCount => Interlocked.Read(ref _nextStep) + 1;

    /// <summary>Start of a step as an SQL literal.</summary>
    public static string TimestampText(long step) => DateTimeOffset
        .FromUnixTimeSeconds(CpuHosts.FirstSecond + (CpuHosts.StepSeconds * step))
        .ToString("\\'yyyy-MM-dd'T'HH:mm:ss'Z'\\'", CultureInfo.InvariantCulture);

    /// <summary>Takes the steps that are to be sent next, one or two.</summary>
    public IEnumerable<long> TakeSteps()
    {
        long step = Interlocked.Increment(ref _nextStep);
        if (step % LateEvery != LateTurn)
        {
            yield return step;
        }

        long late = step - LateStepCount;
        if (late >= 0 && late % LateEvery == LateTurn)
        {
            yield return late;
        }
    }

    /// <summary>A step's rows, in a buffer that is made larger if need be.</summary>
    public ReadOnlyMemory<byte> Write(long step, ref byte[] buffer)
    {
        int round = (int)(step % StepsPerRound);
        byte[] batch = _batches[round];
        if (buffer.Length < batch.Length)
        {
            buffer = new byte[batch.Length];
        }

        batch.CopyTo(buffer, 0);
        Span<byte> digits = stackalloc byte[TimestampDigits];
        long timestampNs = (CpuHosts.FirstSecond + (CpuHosts.StepSeconds * step)) * 1_000_000_000;
        Utf8Formatter.TryFormat(timestampNs, digits, out _);
        foreach (int offset in _timestampOffsets[round])
        {
            digits.CopyTo(buffer.AsSpan(offset));
        }

        return buffer.AsMemory(0, batch.Length);
    }

    private static int[] FindTimestamps(byte[] batch)
    {
        List<int> offsets = [];
        for (int i = 0; i < batch.Length; i++)
        {
            if (batch[i] == '\n')
            {
                offsets.Add(i - TimestampDigits);
            }
        }

        return [.. offsets];
    }
}
