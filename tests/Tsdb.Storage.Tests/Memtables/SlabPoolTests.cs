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
    public void What_was_prepared_is_charged_at_once_and_given_out_first()
    {
        using MemoryAccount account = MemoryAccount.CreateRoot("test", long.MaxValue);
        using SlabPool pool = new(account, 8 * NativeSlab.SizeBytes);
        pool.Prepare((3 * NativeSlab.SizeBytes) + 1);
        Assert.Equal(3 * NativeSlab.SizeBytes, account.UsedBytes);

        nint[] slabs = [pool.Take(), pool.Take(), pool.Take()];
        Assert.Equal(3, slabs.Distinct().Count());
        Assert.Equal(3 * NativeSlab.SizeBytes, account.UsedBytes);
        Array.ForEach(slabs, pool.Return);
    }

    [Fact]
    public void No_more_is_prepared_than_may_be_kept_or_charged()
    {
        using MemoryAccount account = MemoryAccount.CreateRoot("test", 5 * NativeSlab.SizeBytes);
        using SlabPool few = new(account, 2 * NativeSlab.SizeBytes);
        few.Prepare(8 * NativeSlab.SizeBytes);
        Assert.Equal(2 * NativeSlab.SizeBytes, account.UsedBytes);

        using SlabPool many = new(account, 8 * NativeSlab.SizeBytes);
        many.Prepare(8 * NativeSlab.SizeBytes);
        Assert.Equal(5 * NativeSlab.SizeBytes, account.UsedBytes);
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
