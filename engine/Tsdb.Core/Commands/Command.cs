namespace Tsdb.Core.Commands;

/// <summary>A change that a statement asks for. Closed: every kind stands in this folder.</summary>
public abstract record Command
{
    private protected Command()
    {
    }
}
