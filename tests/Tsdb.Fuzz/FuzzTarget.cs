namespace Tsdb.Fuzz;

/// <summary>A parser of bytes that come from outside or from disk, and what may not happen to it.</summary>
public abstract class FuzzTarget
{
    /// <summary>Names its corpus directory and its line in the results.</summary>
    public abstract string Name { get; }

    /// <summary>Valid inputs, which mutations start from.</summary>
    public abstract IReadOnlyList<byte[]> Samples { get; }

    /// <summary>
    /// Parses an input. Returns when it was taken or refused as documented; whatever is thrown is a finding.
    /// </summary>
    public abstract void Run(byte[] input);

    /// <summary>
    /// Makes the checksums right again, so that what lies behind them is reached too. Does nothing where
    /// there are none.
    /// </summary>
    public virtual void Seal(byte[] input)
    {
    }

    /// <summary>Inputs of a short run: what takes some seconds.</summary>
    public virtual long InputCountDefault => 4_000;

    /// <summary>What an input of this size may allocate, in bytes: more is a finding.</summary>
    public virtual long AllocationBytesMax(int inputSizeBytes) => (64L << 20) + (1024L * inputSizeBytes);

    public override string ToString() => Name;
}
