namespace Tsdb.Bench.Workload.Generation;

/// <summary>Lines held back for a while: a fixed share, each for a random number of steps up to an
/// hour.</summary>
internal sealed class LateLines(int latePercent, int stepCount)
{
    private const int StepsMax = 3600 / CpuHosts.StepSeconds;
    private const ulong Seed = 4242;

    private readonly SplitMix64 _random = new(Seed);
    private readonly List<byte[]>[] _due = new List<byte[]>[stepCount];
    private int _step;

    /// <summary>Keeps a copy of the line if its turn comes later; there is always a later turn before the
    /// end.</summary>
    public bool TryDefer(ReadOnlySpan<byte> line)
    {
        if (latePercent == 0 || _random.NextUnit() * 100 >= latePercent)
        {
            return false;
        }

        int due = Math.Min(_step + (int)(_random.NextUnit() * StepsMax), stepCount - 1);
        (_due[due] ??= []).Add(line.ToArray());
        return true;
    }

    /// <summary>Ends a step: hands out the lines whose turn it is.</summary>
    public void Step(Action<byte[]> append)
    {
        _due[_step]?.ForEach(append);
        _due[_step] = [];
        _step++;
    }
}
