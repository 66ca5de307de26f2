using Tsdb.Core;
using Tsdb.Storage.Memtables;

namespace Tsdb.Storage.Tests.Memtables;

/// <summary>Memory of memtables is used again, and charged while it is held.</summary>
public sealed class SlabPoolTests
{
    [Fact]
    public void A_slab_that_came_back_is_given_out_again()
    {
        using SlabPool pool = new(MemoryAccount.CreateRoot("test", long.MaxValue), 2 * NativeSlab.SizeBytes);
        nint first = pool.Take();
        pool.Return(first);

        nint second = pool.Take();
        pool.Return(second);

        Assert.Equal(first, second);
    }

    [Fact]
    public void Spares_stay_charged_up_to_their_limit()
    {
        using MemoryAccount account = MemoryAccount.CreateRoot("test", long.MaxValue);
        SlabPool pool = new(account, 2 * NativeSlab.SizeBytes);
        nint[] slabs = [pool.Take(), pool.Take(), pool.Take()];
        Assert.Equal(3 * NativeSlab.SizeBytes, account.UsedBytes);

        foreach (nint slab in slabs)
        {
            pool.Return(slab);
        }

        Assert.Equal(2 * NativeSlab.SizeBytes, account.UsedBytes);
        pool.Dispose();
        Assert.Equal(0, account.UsedBytes);
    }

    [Fact]
    public void Over_the_limit_nothing_is_kept()
    {
        using MemoryAccount account = MemoryAccount.CreateRoot("test", NativeSlab.SizeBytes);
        using SlabPool pool = new(account, 8 * NativeSlab.SizeBytes);
        nint first = pool.Take();
        nint second = pool.Take();
        Assert.Equal(2 * NativeSlab.SizeBytes, account.UsedBytes);

        pool.Return(first);
        Assert.Equal(NativeSlab.SizeBytes, account.UsedBytes);
        pool.Return(second);
        Assert.Equal(NativeSlab.SizeBytes, account.UsedBytes);
    }

    [Fact]
    public void A_slab_that_comes_back_after_the_end_is_freed()
    {
        using MemoryAccount account = MemoryAccount.CreateRoot("test", long.MaxValue);
        SlabPool pool = new(account, long.MaxValue);
        nint slab = pool.Take();
        pool.Dispose();

        pool.Return(slab);

        Assert.Equal(0, account.UsedBytes);
    }
}
