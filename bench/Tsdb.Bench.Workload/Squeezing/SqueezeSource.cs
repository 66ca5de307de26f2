using System.Buffers.Text;
using System.Globalization;
using Tsdb.Bench.Workload.Generation;

namespace Tsdb.Bench.Workload.Squeezing;

/// <summary>
/// Workload A over very many hosts and without an end: the same two steps of values again and again, each
/// time under later timestamps, cut into numbered batches. Every sixteenth batch comes late.
/// </summary>
internal sealed class SqueezeSource
{
    /// <summary>Event time between two steps: a minute, so that windows close within the run.</summary>
    public const int StepSeconds = 60;

    private const int RowsPerBatch = 5000;
    private const int StepsPerRound = 2;
    private const int LateEvery = 16;
    private const int LateTurn = 7;
    private const int TimestampDigits = 19;

    // A multiple of LateEvery: a batch that was put off is met again at the same turn.
    private const int LateBatchCount = 5 * LateEvery;

    private readonly IReadOnlyList<byte[]> _batches;
    private readonly int[][] _timestampOffsets;
    private readonly int _batchesPerStep;
    private long _nextBatch = -1;

    /// <param name="hostCount">A multiple of the rows to a batch.</param>
    public SqueezeSource(int hostCount)
    {
        if (hostCount % RowsPerBatch != 0)
        {
            throw new ArgumentException($"--series must be a multiple of {RowsPerBatch}");
        }

        HostCount = hostCount;
        _batchesPerStep = hostCount / RowsPerBatch;
        _batches = LineBatches.Of(new CpuHosts(hostCount, StepsPerRound), RowsPerBatch).Batches;
        _timestampOffsets = [.. _batches.Select(FindTimestamps)];
    }

    public int HostCount { get; }

    /// <summary>Rows of each batch.</summary>
    public int BatchRowCount => RowsPerBatch;

    /// <summary>Steps begun so far.</summary>
    public long StepCount => (Interlocked.Read(ref _nextBatch) / _batchesPerStep) + 1;

    /// <summary>Start of a step as an SQL literal.</summary>
    public static string TimestampText(long step) => DateTimeOffset
        .FromUnixTimeSeconds(SecondOf(step))
        .ToString("\\'yyyy-MM-dd'T'HH:mm:ss'Z'\\'", CultureInfo.InvariantCulture);

    /// <summary>Takes the numbers of the batches that are to be sent next, one or none or two.</summary>
    public IEnumerable<long> TakeBatches()
    {
        long batch = Interlocked.Increment(ref _nextBatch);
        bool isPutOff = batch % LateEvery == LateTurn;
        if (!isPutOff)
        {
            yield return batch;
        }
        else if (batch >= LateBatchCount)
        {
            yield return batch - LateBatchCount;
        }
    }

    /// <summary>A batch's rows, in a buffer that is made larger if need be.</summary>
    public ReadOnlyMemory<byte> Write(long batch, ref byte[] buffer)
    {
        int round = (int)(batch % _batches.Count);
        byte[] text = _batches[round];
        if (buffer.Length < text.Length)
        {
            buffer = new byte[text.Length];
        }

        text.CopyTo(buffer, 0);
        Span<byte> digits = stackalloc byte[TimestampDigits];
        Utf8Formatter.TryFormat(SecondOf(batch / _batchesPerStep) * 1_000_000_000, digits, out _);
        foreach (int offset in _timestampOffsets[round])
        {
            digits.CopyTo(buffer.AsSpan(offset));
        }

        return buffer.AsMemory(0, text.Length);
    }

    private static long SecondOf(long step) => CpuHosts.FirstSecond + (StepSeconds * step);

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
