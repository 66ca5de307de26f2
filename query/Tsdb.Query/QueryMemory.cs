using Tsdb.Core;

namespace Tsdb.Query;

/// <summary>
/// What one query takes from the share that all queries have: in steps, so that the accounts are not touched
/// for each row.
/// </summary>
/// <remarks>Thread safe.</remarks>
/// <param name="queries">The share that all queries have.</param>
internal sealed class QueryMemory(MemoryAccount queries) : IDisposable
{
    private const long StepSizeBytes = 64 << 10;

    private readonly Lock _gate = new();
    private readonly MemoryAccount _account = queries.CreateChild("query");
    private long _paidBytes;
    private bool _isDisposed;

    /// <summary>Pays for what the query holds now, the first step whatever others hold; false when the share
    /// of all queries is used up.</summary>
    /// <param name="usedBytes">All that the query holds.</param>
    /// <param name="isForced">Goes beyond the share if need be, as long as this query alone would
    /// fit.</param>
    public bool TryHold(long usedBytes, bool isForced)
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

            // The last step ends with the share: what fits into it is not to fail by rounding.
            long wantedBytes = (Math.Max(0, usedBytes) + StepSizeBytes - 1) / StepSizeBytes * StepSizeBytes;
            wantedBytes = Math.Min(wantedBytes, Math.Max(usedBytes, queries.LimitBytes));
            bool mayExceed = wantedBytes <= StepSizeBytes || (isForced && wantedBytes <= queries.LimitBytes);
            if (wantedBytes <= _paidBytes)
            {
                _account.Release(_paidBytes - wantedBytes);
            }
            else if (mayExceed)
            {
                _account.Charge(wantedBytes - _paidBytes);
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
