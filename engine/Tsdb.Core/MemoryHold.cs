namespace Tsdb.Core;

/// <summary>What one holder of memory has charged to an account, as it grows and shrinks.</summary>
/// <remarks>Not thread safe.</remarks>
/// <param name="account">Pays; null where nobody keeps accounts.</param>
public sealed class MemoryHold(MemoryAccount? account) : IDisposable
{
    private long _heldBytes;

    /// <summary>Charges or gives back the difference to what was held before, even over the limit.</summary>
    /// <param name="sizeBytes">What is held now; at least 0.</param>
    public void Set(long sizeBytes)
    {
        if (sizeBytes > _heldBytes)
        {
            account?.Charge(sizeBytes - _heldBytes);
        }
        else if (sizeBytes < _heldBytes)
        {
            account?.Release(_heldBytes - sizeBytes);
        }

        _heldBytes = sizeBytes;
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose() => Set(0);
}
