namespace Tsdb.Core;

/// <summary>
/// A share of the process's memory: what was charged to it, what it may hold, and the smaller shares made
/// from it. A charge counts in every account above, so that the top one knows all, and the first limit met
/// refuses.
/// </summary>
/// <remarks>
/// Thread safe, without locks for charges. For arenas, pools and buffers of some KB and more, not for single
/// samples. A charge takes O(depth).
/// </remarks>
public sealed class MemoryAccount : IDisposable
{
    private readonly MemoryAccount? _parent;
    private readonly Lock _gate = new();
    private readonly List<MemoryAccount> _children = [];
    private long _usedBytes;
    private long _peakBytes;
    private long _refusalCount;

    private MemoryAccount(string name, MemoryAccount? parent, long limitBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(limitBytes, 0);
        Name = name;
        LimitBytes = limitBytes;
        _parent = parent;
    }

    /// <summary>What it pays for, as <c>memtable</c>.</summary>
    public string Name { get; }

    /// <summary>What it may hold; <see cref="long.MaxValue"/> if only the accounts above limit it.</summary>
    public long LimitBytes { get; }

    /// <summary>What is charged now, its children's charges included.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>The most that ever was charged at once.</summary>
    public long PeakBytes => Volatile.Read(ref _peakBytes);

    /// <summary>How often <see cref="TryCharge"/> met this account's limit.</summary>
    public long RefusalCount => Volatile.Read(ref _refusalCount);

    /// <summary>What is left before a limit here or above is met; negative after a forced charge.</summary>
    public long AvailableBytes
    {
        get
        {
            long available = LimitBytes - UsedBytes;
            return _parent is null ? available : Math.Min(available, _parent.AvailableBytes);
        }
    }

    /// <summary>The shares made from it that are not disposed, in the order of their making.</summary>
    public IReadOnlyList<MemoryAccount> Children
    {
        get
        {
            lock (_gate)
            {
                return [.. _children];
            }
        }
    }

    /// <summary>Makes a top account.</summary>
    /// <param name="name">What it pays for.</param>
    /// <param name="limitBytes">At least 0.</param>
    public static MemoryAccount CreateRoot(string name, long limitBytes) => new(name, null, limitBytes);

    /// <summary>
    /// What the process may use at all: the limit of its container if there is one, else the machine's
    /// memory.
    /// </summary>
    public static long DetectProcessLimitBytes() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Makes a share of this account; whoever makes it disposes it.</summary>
    /// <param name="name">What it pays for.</param>
    /// <param name="limitBytes">Its own limit. The sum of the children's may exceed this account's.</param>
    public MemoryAccount CreateChild(string name, long limitBytes = long.MaxValue)
    {
        MemoryAccount child = new(name, this, limitBytes);
        lock (_gate)
        {
            _children.Add(child);
        }

        return child;
    }

    /// <summary>Charges, unless a limit here or above would be exceeded: then nothing is charged.</summary>
    /// <param name="sizeBytes">At least 0.</param>
    public bool TryCharge(long sizeBytes)
    {
        Invariant.Holds(sizeBytes >= 0);
        for (MemoryAccount? account = this; account is not null; account = account._parent)
        {
            if (!account.TryAdd(sizeBytes))
            {
                Interlocked.Increment(ref account._refusalCount);
                ReleaseBelow(account, sizeBytes);
                return false;
            }
        }

        NotePeaks();
        return true;
    }

    /// <summary>
    /// Charges even over the limits: for what cannot be refused any more. Who charges so looks at
    /// <see cref="AvailableBytes"/> and gives back as soon as it can.
    /// </summary>
    /// <param name="sizeBytes">At least 0.</param>
    public void Charge(long sizeBytes)
    {
        Invariant.Holds(sizeBytes >= 0);
        for (MemoryAccount? account = this; account is not null; account = account._parent)
        {
            Interlocked.Add(ref account._usedBytes, sizeBytes);
        }

        NotePeaks();
    }

    /// <summary>Gives back what was charged.</summary>
    /// <param name="sizeBytes">At least 0, at most what is charged.</param>
    public void Release(long sizeBytes)
    {
        Invariant.Holds(sizeBytes >= 0);
        for (MemoryAccount? account = this; account is not null; account = account._parent)
        {
            Invariant.Holds(Interlocked.Add(ref account._usedBytes, -sizeBytes) >= 0);
        }
    }

    /// <summary>Leaves the parent, giving back what is still charged. Its children go before it.</summary>
    public void Dispose()
    {
        if (_parent is null)
        {
            return;
        }

        lock (_parent._gate)
        {
            if (!_parent._children.Remove(this))
            {
                return;
            }
        }

        Release(UsedBytes);
    }

    // Never above the limit, not even for a moment: others would be refused for it.
    private bool TryAdd(long sizeBytes)
    {
        long usedBytes = UsedBytes;
        while (sizeBytes <= LimitBytes - usedBytes)
        {
            long seenBytes = Interlocked.CompareExchange(ref _usedBytes, usedBytes + sizeBytes, usedBytes);
            if (seenBytes == usedBytes)
            {
                return true;
            }

            usedBytes = seenBytes;
        }

        return false;
    }

    private void ReleaseBelow(MemoryAccount refusing, long sizeBytes)
    {
        for (MemoryAccount account = this; account != refusing; account = account._parent!)
        {
            Interlocked.Add(ref account._usedBytes, -sizeBytes);
        }
    }

    private void NotePeaks()
    {
        for (MemoryAccount? account = this; account is not null; account = account._parent)
        {
            long usedBytes = account.UsedBytes;
            long peakBytes = account.PeakBytes;
            while (usedBytes > peakBytes)
            {
                long seenBytes = Interlocked.CompareExchange(ref account._peakBytes, usedBytes, peakBytes);
                if (seenBytes == peakBytes)
                {
                    break;
                }

                peakBytes = seenBytes;
            }
        }
    }
}
