namespace Tsdb.Fuzz;

/// <summary>Feeds one target with mutations of its samples until a limit, and keeps what it does
/// wrong.</summary>
public sealed class FuzzRun(FuzzTarget target, int seed)
{
    // CPU time of all threads, far beyond what any input of these sizes takes. Not time on the clock: a
    // machine that does much else, or a process that was stopped, is no finding.
    private static readonly TimeSpan _hangs = TimeSpan.FromSeconds(20);

    /// <summary>Inputs so far.</summary>
    public long InputCount { get; private set; }

    /// <summary>Runs one input; throws with all that is needed to run it again.</summary>
    public void RunOne(byte[] input, string origin)
    {
        long allocatedBytes = GC.GetAllocatedBytesForCurrentThread();
        TimeSpan start = Environment.CpuUsage.TotalTime;
        try
        {
            target.Run([.. input]);
        }
        catch (Exception exception) // The host loop of the inputs: each is reported with what runs it again.
        {
            throw Finding(input, origin, exception.Message, exception);
        }

        InputCount++;
        TimeSpan taken = Environment.CpuUsage.TotalTime - start;
        if (taken > _hangs)
        {
            throw Finding(input, origin, $"took {taken} of CPU time", null);
        }

        allocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocatedBytes;
        if (allocatedBytes > target.AllocationBytesMax(input.Length))
        {
            throw Finding(input, origin, $"allocated {allocatedBytes:N0} bytes", null);
        }
    }

    /// <summary>Runs mutations of the samples while the condition holds.</summary>
    /// <param name="continues">Is given the number of inputs so far.</param>
    public void RunWhile(Func<long, bool> continues)
    {
        Random random = new(seed);
        Mutations mutations = new(random);
        while (continues(InputCount))
        {
            byte[] input = mutations.Next(target.Samples);
            if (random.Next(4) != 0)
            {
                target.Seal(input);
            }

            RunOne(input, $"seed {seed}, input {InputCount}");
        }
    }

    private InvalidOperationException Finding(byte[] input, string origin, string what, Exception? cause)
    {
        string path = Path.Combine(
            AppContext.BaseDirectory, "findings", target.Name, $"{seed}-{InputCount}.bin");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, input);
        return new InvalidOperationException(
            $"{target.Name}, {origin}: {what} (the input is kept as {path}; move it to the corpus)", cause);
    }
}
