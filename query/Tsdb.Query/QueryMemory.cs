using Tsdb.Core;

namespace Tsdb.Query;

/// <summary>
/// What one query takes from the share that all queries have: in steps, so that the accounts are not touched
/// for each row.
/// </summary>
/// <remarks>Thread safe.</remarks>
internal sealed class QueryMemory : IDisposable
{
    private const long StepSizeBytes = 64 << 10;

    private readonly Lock _gate = new();
    private readonly MemoryAccount _account;
    private long _paidBytes;
    private bool _isDisposed;

    public QueryMemory(MemoryAccount queries) => _account = queries.CreateChild("query");

    /// <summary>Pays for what the query holds now; false when the share of all queries is used up.</summary>
    public bool TryHold(long usedBytes)
    {
        long paidBytes = Volatile.Read(ref _paidBytes);
        if (usedBytes <= paidBytes && usedBytes > paidBytes - (4 * StepSizeBytes))
        {
            return true;
        }

        lock (_gate)
        {
            if (_isDisposed)
            {
                return true;
            }

            long wantedBytes = (Math.Max(0, usedBytes) + StepSizeBytes - 1) / StepSizeBytes * StepSizeBytes;
            if (wantedBytes <= _paidBytes)
            {
                _account.Release(_paidBytes - wantedBytes);
            }
            else if (!_account.TryCharge(wantedBytes - _paidBytes))
            {
                return false;
            }

            Volatile.Write(ref _paidBytes, wantedBytes);
            return true;
        }
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _account.Dispose();
        }
    }
}
