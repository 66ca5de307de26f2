namespace Tsdb.Core;

/// <summary>What one holder of memory has charged to an account, as it grows and shrinks.</summary>
/// <remarks>Not thread safe.</remarks>
/// <param name="account">Pays; null where nobody keeps accounts.</param>
/// <param name="sparedBytes">What <see cref="TrySet"/> leaves to others.</param>
public sealed class MemoryHold(MemoryAccount? account, long sparedBytes = 0) : IDisposable
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

    /// <summary>As <see cref="Set"/>, unless less would be left than others are to have.</summary>
    /// <param name="sizeBytes">What is held now; at least 0.</param>
    public bool TrySet(long sizeBytes)
    {
        long moreBytes = sizeBytes - _heldBytes;
        if (moreBytes > 0 && account is not null && account.AvailableBytes - sparedBytes < moreBytes)
        {
            return false;
        }

        Set(sizeBytes);
        return true;
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose() => Set(0);
}
