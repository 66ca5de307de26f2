namespace Tsdb.Simulation.Seeded;

/// <summary>A database did what it must not; the message says which seed and where.</summary>
internal sealed class HistoryFailedException : Exception
{
    public HistoryFailedException(string message)
        : base(message)
    {
    }

    public HistoryFailedException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
